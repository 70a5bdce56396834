/** The whole of echarts in one file, which the package ships without types: it loads five times faster than its parts do. */
declare module 'echarts/dist/echarts.esm.min' {
  export { init } from 'echarts'
}
