// VitePress' own theme, with the system's fonts and two components.
import DefaultTheme from 'vitepress/theme-without-fonts'
import Difference from './Difference.vue'
import Mermaid from './Mermaid.vue'
import './style.css'
import './difference.css'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Difference', Difference)
    app.component('Mermaid', Mermaid)
  },
}
