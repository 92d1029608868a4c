const { readdirSync } = require('node:fs')
const { join } = require('node:path')

/** The arrows of docs/architecture.md: what may import what. A breach fails `npm run lint`. */
const clients = '^(site|kiosk|miniprogram|handheld|console|beacons)/'
const kernels = '^(positioning|maps)/'
const notProduct = '(\\.test|\\.bench)\\.ts$|/testing/'
/** What the subjects of the server stand on; every other folder of it is a subject. */
const cellar = ['platform', 'database', 'http', 'contract', 'realtime', 'outbox', 'jobs']
const folders = readdirSync(join(__dirname, 'server'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
  .map(({ name }) => name)
const subjects = `(${folders.filter((name) => !cellar.includes(name)).join('|')})`

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'kernels-stand-alone',
      comment: 'A kernel imports no server, client or program.',
      severity: 'error',
      from: { path: kernels },
      to: { path: `^(server|bin|bench|ui)/|${clients}` },
    },
    {
      name: 'kernels-have-no-io',
      comment: 'A kernel runs in a browser and a mini-program: no Node core module.',
      severity: 'error',
      from: { path: `${kernels}|^beacons/frames/`, pathNot: notProduct },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'positioning-knows-no-venues',
      severity: 'error',
      from: { path: '^positioning/', pathNot: notProduct },
      to: { path: '^maps/' },
    },
    {
      name: 'maps-knows-no-positioning',
      severity: 'error',
      from: { path: '^maps/', pathNot: notProduct },
      to: { path: '^positioning/' },
    },
    {
      name: 'clients-know-the-contract-only',
      severity: 'error',
      from: { path: `${clients}|^ui/`, pathNot: notProduct },
      to: { path: '^server/', pathNot: '^server/contract/' },
    },
    {
      name: 'tests-of-clients-start-a-real-server',
      comment: 'A test of a client may start the server, through server/testing/ alone.',
      severity: 'error',
      from: { path: `(${clients}|^ui/).*(${notProduct})` },
      to: { path: '^server/', pathNot: '^server/(contract|testing)/' },
    },
    {
      name: 'clients-know-no-other-client',
      comment: 'What two clients share lives in ui/ or maps/.',
      severity: 'error',
      from: { path: clients },
      to: { path: clients, pathNot: '^$1/' },
    },
    {
      name: 'auditor-reads-by-sql-alone',
      comment: 'An auditor that used the code it looks after would make its mistakes.',
      severity: 'error',
      from: { path: '^bench/audit/', pathNot: notProduct },
      to: { path: '^server/', pathNot: '^server/contract/' },
    },
    {
      name: 'server-knows-no-client',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: `${clients}|^(ui|bin|bench)/` },
    },
    {
      name: 'bench-is-outside',
      comment:
        'What simulates, replays and audits uses what anybody may: the contract, the kernels, the phone’s own ' +
        'software, and what tests stand on (a PostgreSQL, the judges of walks). Never the inside of the server.',
      severity: 'error',
      from: { path: '^bench/', pathNot: notProduct },
      to: {
        path: `^server/|^(ui|bin)/|${clients}`,
        pathNot: [
          '^server/(contract|testing|presence/testing)/',
          '^miniprogram/app/services/',
          '^miniprogram/preview/shopper/simulated-venue\\.ts$',
        ],
      },
    },
    {
      name: 'contract-is-a-leaf',
      severity: 'error',
      from: { path: '^server/contract/', pathNot: notProduct },
      to: { path: '^server/', pathNot: '^server/contract/' },
    },
    {
      name: 'subjects-speak-through-index',
      comment: 'A subject calls the published functions of another subject, never its entities.',
      severity: 'error',
      from: { path: `^server/${subjects}/`, pathNot: notProduct },
      to: { path: `^server/${subjects}/`, pathNot: [`^server/$1/`, 'index\\.ts$'] },
    },
    {
      name: 'cellar-knows-no-subject',
      comment: `${cellar.join(', ')} stand below the subjects.`,
      severity: 'error',
      from: { path: `^server/(${cellar.join('|')})/`, pathNot: notProduct },
      to: { path: `^server/${subjects}/` },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(positioning|maps|server|site|ui|kiosk|beacons)/', pathNot: notProduct },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.atrium)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}
