export { adoptCodePage, codePage, type CodePage } from './code-page';
export { GuestThread, type ArrivedSignal, type HostFault } from './guest-thread';
export { NO_RESULT, RESTART } from './layout';
