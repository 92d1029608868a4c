import '../../ui/base.css'
import { createApp } from 'vue'
import { loadFonts } from '../../ui/fonts.ts'
import { applyTheme } from '../../ui/theme.ts'
import FrontPage from './FrontPage.vue'

applyTheme()
void loadFonts()
createApp(FrontPage).mount('#app')
