// VitePress' own theme, with the system's fonts and a component for diagrams.
import DefaultTheme from 'vitepress/theme-without-fonts'
import Mermaid from './Mermaid.vue'
import './style.css'
import './diff.css'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Mermaid', Mermaid)
  },
}
