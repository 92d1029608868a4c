export { routeProblems } from './route-problems.ts'
