export { Log, LOG_ITEMS, writeAll, type LogItem } from './log';
export { mark, startupReport } from './startup';
