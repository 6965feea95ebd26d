/** Somebody's program with a box in it, called as the firmware is: what tests of whole boxes start in its place. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { openBox } from 'mullion';

const { values } = parseArgs({
	options: { config: { type: 'string', default: '' }, tied: { type: 'boolean' } },
	// Before them stands the firmware that it takes the place of.
	allowPositionals: true,
});
const box = await openBox({
	config: JSON.parse(await readFile(values.config, 'utf8')),
	folder: dirname(values.config),
	onLine: (line) => console.log(line),
});
console.log('ready');
process.once('SIGTERM', () => box.close());
process.stdin.resume().once('end', () => box.close());
await box.ended;
// Nothing else is left that would keep the process: it ends by itself.
process.stdin.destroy();
