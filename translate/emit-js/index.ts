export { emitRegion } from './emit-region';
export { instantiate, type JsEnvironment } from './instantiate';
