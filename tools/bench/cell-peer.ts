/** The other thread of `cells.ts`: says back each message, or only the last of so many. */
import { parentPort, workerData } from 'node:worker_threads';
import { openEnd } from './cell-end.ts';

const { way, shared, echoes } = workerData;
const port = parentPort;
if (port === null) throw new Error('this runs on a worker thread');

let heard = 0;
const answers: Uint8Array[] = [];
const end = openEnd({
	way,
	side: 1,
	shared,
	port,
	take: (payload) => {
		if (++heard % echoes === 0) answers.push(payload);
	},
});
while (true) {
	end.hear();
	for (const answer of answers.splice(0)) end.send(answer);
	end.commit();
	await end.rest();
}
