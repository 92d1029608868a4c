import type { Problem } from '../../maps/model/index.ts'

export function errorsFirst(problems: readonly Problem[]): Problem[] {
  const isError = (problem: Problem) => problem.severity === 'error'
  return [...problems.filter(isError), ...problems.filter((problem) => !isError(problem))]
}
