export { adoptCodePage, codePage, type CodePage } from './code-page';
export { GuestThread, type ArrivedSignal } from './guest-thread';
export { RESTART } from './layout';
