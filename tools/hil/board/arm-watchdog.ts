/** Has the watchdog of a virtual board bite, by commands of its boot loader: nobody feeds it there. */
import type { ConsoleShell } from './console-shell.ts';

/** Arms the i6300esb as its driver does (Intel 6300ESB datasheet, 16.5): two stages of half a second. */
export async function armWatchdog(shell: ConsoleShell): Promise<void> {
	const [, device] = /^00\.(..)\.00 +0x8086 +0x25ab/m.exec(await shell.run('pci')) ?? [];
	const bar =
		/0x0*([0-9a-f]+)/.exec((await shell.run(`pci bar 0.${device}.0`)).split('\n').at(-1) ?? '')?.[1] ?? '';
	const register = (offset: number) => (Number.parseInt(bar, 16) + offset).toString(16);
	const unlock = async () => {
		await shell.run(`mw.w ${register(0xc)} 80`);
		await shell.run(`mw.w ${register(0xc)} 86`);
	};
	for (const timer of [0, 4]) {
		await unlock();
		await shell.run(`mw.l ${register(timer)} 200`);
	}
	await shell.run(`pci write.b 0.${device}.0 68 2`);
}
