export { demoMall } from './demo-mall.ts'
