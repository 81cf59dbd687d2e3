// Our own layout, with VitePress' styles of text and code. All of it runs when the site
// is built: a page is HTML, and its few scripts are in ../../scripts.
import Layout from './Layout.vue'
import 'vitepress/dist/client/theme-default/styles/vars.css'
import 'vitepress/dist/client/theme-default/styles/base.css'
import 'vitepress/dist/client/theme-default/styles/components/vp-doc.css'
import 'vitepress/dist/client/theme-default/styles/components/vp-code.css'
import './style.css'
import './layout.css'
import './diff.css'
import './course.css'
import './print.css'

export default { Layout }
