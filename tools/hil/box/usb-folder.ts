/** A USB bus as a kernel shows it in its folders, and a serial line behind a terminal of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

export interface PluggedDevice {
	readonly idVendor: string;
	readonly idProduct: string;
	readonly manufacturer?: string;
	readonly product?: string;
	readonly serial?: string;
	/** Name of its serial line, if it has one. */
	readonly line?: string;
}

/** The device's end of a serial line. */
export interface FarEnd {
	say(text: string): void;
	/** The next line that it is told. */
	heard(): Promise<string>;
}

export class UsbFolder implements AsyncDisposable {
	/** As `/sys/bus/usb/devices`, and as `/dev`. */
	readonly devices: string;
	readonly files: string;
	readonly #terminals = new Map<string, ChildProcess>();

	private constructor(folder: string) {
		this.devices = join(folder, 'devices');
		this.files = join(folder, 'dev');
	}

	static async make(folder: string): Promise<UsbFolder> {
		const usb = new UsbFolder(folder);
		await mkdir(join(usb.devices, 'usb1'), { recursive: true });
		await mkdir(join(usb.files, 'bus/usb/001'), { recursive: true });
		return usb;
	}

	async plug(port: string, device: PluggedDevice): Promise<FarEnd> {
		const { line, ...attributes } = device;
		const folder = join(this.devices, port);
		const first = join(this.devices, `${port}:1.0`);
		await mkdir(folder, { recursive: true });
		await mkdir(line === undefined ? first : join(first, line), { recursive: true });
		for (const [name, text] of Object.entries({ bDeviceClass: '00', ...attributes }))
			await writeFile(join(folder, name), `${text}\n`);
		await writeFile(join(first, 'bInterfaceClass'), 'ff\n');
		await writeFile(join(this.files, 'bus/usb/001', port), '');
		if (line === undefined) return { say: () => undefined, heard: () => new Promise(() => undefined) };
		return this.#terminal(port, join(this.files, line));
	}

	async unplug(port: string): Promise<void> {
		await this.#close(port);
		for (const name of [port, `${port}:1.0`])
			await rm(join(this.devices, name), { recursive: true, force: true });
		await rm(join(this.files, 'bus/usb/001', port), { force: true });
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const port of [...this.#terminals.keys()]) await this.#close(port);
	}

	async #terminal(port: string, file: string): Promise<FarEnd> {
		// Tied to this process: it is gone with it, however that ends.
		const tied = ['--pdeathsig', 'KILL', '--', 'socat', '-d', '-d'];
		const child = spawn('setpriv', [...tied, 'STDIO', `PTY,link=${file},rawer`], { stdio: 'pipe' });
		this.#terminals.set(port, child);
		const told = createInterface(child.stderr);
		for await (const line of told) if (line.includes('starting data transfer loop')) break;
		const lines: Interface = createInterface(child.stdout);
		return {
			say: (text) => void child.stdin.write(text),
			heard: async () => String((await once(lines, 'line'))[0]),
		};
	}

	async #close(port: string): Promise<void> {
		const child = this.#terminals.get(port);
		this.#terminals.delete(port);
		if (child === undefined || child.exitCode !== null) return;
		const gone = once(child, 'exit');
		child.kill();
		await gone;
	}
}
