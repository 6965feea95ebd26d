/** Plays a recording against a module on whatever processor this runs on: what came of each turn, as JSON. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readRecording } from '../../../runtime/recording/recording.ts';
import { prepareBuild, Replay } from '../../recording/replay.ts';

const [, , recordingFile = '', moduleFile = ''] = process.argv;
const recording = await readRecording(new Uint8Array(await readFile(recordingFile)));
const replay = new Replay(recording, await prepareBuild(new Uint8Array(await readFile(moduleFile))));
const turns: { fuel: number; outcome: string }[] = [];
let difference: string | undefined;
for (let played = replay.step(); played !== undefined; played = replay.step()) {
	const { fuel, outcome } = played.replayed;
	turns.push({ fuel: Number(fuel), outcome: digestOf(outcome) });
	difference = played.difference?.text;
}
console.log(JSON.stringify({ processor: process.arch, of: recording.turns.length, turns, difference }));

function digestOf(value: unknown): string {
	const plain = (_: string, one: unknown): unknown =>
		typeof one === 'bigint' ? `${one}` : one instanceof Uint8Array ? one.toHex() : one;
	return createHash('sha256').update(JSON.stringify(value, plain)).digest('hex');
}
