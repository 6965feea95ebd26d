/** What the agent needs of the box it speaks for. Each port's double is beside this: `simulated-*.ts`. */
export * from './ports/box.ts';
export type * from './ports/bus.ts';
export type * from './ports/firmware.ts';
export type * from './ports/modules.ts';
export type * from './ports/sessions.ts';
export type * from './ports/stop.ts';
export type * from './ports/vms.ts';
