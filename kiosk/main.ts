import { createApp } from 'vue'
import { loadFonts } from '../ui/fonts.ts'
import { noteError } from './device/health.ts'
import { keepPage } from './device/keep-page.ts'
import KioskApp from './KioskApp.vue'
import './kiosk.css'

window.addEventListener('error', () => {
  noteError('script')
})
window.addEventListener('unhandledrejection', () => {
  noteError('script')
})
// A long press is not a wish for a menu of the browser.
window.addEventListener('contextmenu', (event) => {
  event.preventDefault()
})

void loadFonts()
createApp(KioskApp).mount('#app')
keepPage()
