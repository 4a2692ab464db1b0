export { GuestTrap, Interpreter } from './interpreter';
