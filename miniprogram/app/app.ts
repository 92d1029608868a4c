import { startApp } from './services/start.ts'

App({
  onLaunch() {
    startApp()
  },
})
