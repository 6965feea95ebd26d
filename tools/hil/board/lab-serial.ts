/** The serial port of a board in a lab, for one at a time. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemEnvironment } from '../link/command.ts';
import { BoardError } from './board-error.ts';
import type { LabBoardPlan } from './lab-file.ts';
import type { SerialLine } from './serial-console.ts';

/** Enough to see why it failed. */
const keptLines = 20;

/** @throws BoardError `board-busy`, `missing-tool`, `did-not-start` */
export async function openSerialPort({ device, baud }: LabBoardPlan['serial']): Promise<SerialLine> {
	// Node reads a terminal by a thread that nobody can take it from; socat also locks it for as long as it lives.
	const port = `FILE:${device},rawer,clocal=1,b${baud},flock-nb`;
	const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'socat', '-d', '-d', 'STDIO', port], {
		env: systemEnvironment(),
	});
	const lines: string[] = [];
	const isReady = await new Promise<boolean>((resolve) => {
		child.once('close', () => resolve(false)).once('error', () => resolve(false));
		createInterface(child.stderr).on('line', (line) => {
			if (lines.push(line) > keptLines) lines.shift();
			if (line.includes('starting data transfer loop')) resolve(true);
		});
	});
	if (!isReady) throw whyNot(device, lines.join('\n'));
	child.stdout.once('close', () => child.kill('SIGKILL'));
	return { input: child.stdout, output: child.stdin };
}

function whyNot(device: string, words: string): BoardError {
	if (/flock.*(temporarily unavailable|would block)/i.test(words))
		return new BoardError('board-busy', `${device} is in use`);
	if (/^setpriv: .*No such file/m.test(words))
		return new BoardError('missing-tool', 'not installed: apt-get install socat');
	return new BoardError('did-not-start', `${device} cannot be opened: ${words}`);
}
