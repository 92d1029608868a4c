/** What the database says about itself; a pino logger fits. No statement and no data goes into it. */
export interface DatabaseLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** What takes time while a database is opened, in order; not every stage comes every time. */
export type OpeningStage = 'make-engine' | 'open-engine' | 'connect' | 'migrate'

export type OnProgress = (stage: OpeningStage) => void

/** The stages in words for the person who starts the server. */
export const openingStageText: Readonly<Record<OpeningStage, { readonly zh: string; readonly en: string }>> =
  {
    'make-engine': {
      zh: '正在准备内置数据库（每台机器仅一次，约十几秒）',
      en: 'Preparing the embedded database (once per machine, some ten seconds)',
    },
    'open-engine': { zh: '正在打开内置数据库', en: 'Opening the embedded database' },
    connect: { zh: '正在连接 PostgreSQL', en: 'Connecting to PostgreSQL' },
    migrate: { zh: '正在更新数据表', en: 'Bringing the tables up to date' },
  }
