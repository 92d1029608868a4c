import '../../ui/base.css'
import { createApp } from 'vue'
import { loadFonts } from '../../ui/fonts.ts'
import { applyTheme } from '../../ui/theme.ts'
import MapPage from './MapPage.vue'

applyTheme()
void loadFonts()
createApp(MapPage).mount('#app')
