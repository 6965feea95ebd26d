/** The double of a lab: a box with a real terminal for a console, and switches that are real programs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemEnvironment } from '../link/command.ts';

export interface FakeLab extends AsyncDisposable {
	/** Describes it, for `readLabFile`. */
	readonly labFile: string;
	/** What was switched, in its order. */
	readonly switched: readonly string[];
	/** Pulls the plug of the console. */
	unplugConsole(): Promise<void>;
}

/** @param folder for its files; short enough for the path of a socket */
export async function startFakeLab(folder: string): Promise<FakeLab> {
	await using stack = new AsyncDisposableStack();
	const device = join(folder, 'console');
	const terminal = spawn(
		'setpriv',
		['--pdeathsig', 'KILL', '--', 'socat', '-d', '-d', 'STDIO', `PTY,link=${device},rawer`],
		{ env: systemEnvironment() },
	);
	const gone = once(terminal, 'close');
	stack.defer(async () => {
		terminal.kill('SIGKILL');
		await gone;
	});
	for await (const line of createInterface(terminal.stderr))
		if (line.includes('starting data transfer')) break;
	// A terminal hangs up when the last who has it open leaves.
	stack.use(await open(device, 'r+'));

	const box = new FakeBox((said) => terminal.stdin.write(said));
	createInterface(terminal.stdout).on('line', (line) => box.hear(line));
	const switched: string[] = [];
	const socket = join(folder, 'switch');
	const server = createServer(async (line) => {
		const [words] = (await once(createInterface(line), 'line')) as [string];
		switched.push(words);
		line.end(await box.switch(words));
	}).listen(socket);
	await once(server, 'listening');
	stack.defer(() => void server.close());

	const labFile = join(folder, 'lab.json');
	await writeFile(labFile, JSON.stringify({ boards: [describe({ device, socket })] }, null, '\t'));
	const held = stack.move();
	return {
		labFile,
		switched,
		unplugConsole: async () => {
			terminal.kill('SIGKILL');
			await gone;
		},
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

function describe({ device, socket }: { readonly device: string; readonly socket: string }) {
	const turn = (...words: string[]) => [
		process.execPath,
		join(import.meta.dirname, 'lab-switch.ts'),
		socket,
		...words,
	];
	return {
		name: 'fake-box',
		serial: { device },
		power: { on: turn('on'), off: turn('off') },
		reset: turn('reset'),
		flash: turn('flash', '{disk}'),
		link: { down: turn('link-down'), up: turn('link-up') },
		buttons: { power: turn('button'), stuck: turn('stuck') },
		says: { started: '^Fake loader ', watchdog: '^Reset cause: watchdog' },
	};
}

/** It echoes what it hears, knows `image` and `hang`, and is as quiet as any other when it is off. */
class FakeBox {
	readonly #print: (text: string) => void;
	#isOn = false;
	#image = 'nothing';

	constructor(print: (text: string) => void) {
		this.#print = print;
	}

	hear(line: string): void {
		if (!this.#isOn) return;
		this.#print(`${line}\r\n`);
		if (line === 'image') this.#print(`${this.#image}\r\n`);
		if (line === 'hang') this.#start('watchdog');
		else this.#print('=> ');
	}

	/** @returns `done`, or what is wrong */
	async switch(words: string): Promise<string> {
		const [what, file = ''] = words.split(' ');
		if (what === 'on' || (what === 'reset' && this.#isOn)) this.#start('power');
		else if (what === 'off') this.#isOn = false;
		else if (what === 'flash') this.#image = (await readFile(file, 'utf8')).trim();
		else if (what === 'button' && this.#isOn) this.#print('\r\nbutton pressed\r\n=> ');
		else if (what === 'stuck') return 'the relay is stuck';
		return 'done';
	}

	#start(cause: string): void {
		this.#isOn = true;
		this.#print(`\r\nReset cause: ${cause}\r\nFake loader 1.0\r\n=> `);
	}
}
