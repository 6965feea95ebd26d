/** The other thread of the ring's test: writes so many records, and sleeps whenever there is no room. */
import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell } from './doorbell.ts';
import { RingWriter } from './ring.ts';

const { ring, bell, readerBell, count } = workerData;
const port = parentPort;
if (port === null) throw new Error('this runs on a worker thread');
const writer = new RingWriter(ring);
const own = new Doorbell(bell);
const reader = new Doorbell(readerBell, () => port.postMessage(null));

let wake = (): void => undefined;
port.on('message', () => wake());

for (let next = 0; next < count; next++) {
	const length = next % 97;
	let at = writer.claim(length);
	while (at < 0) {
		if (writer.commit()) reader.ring();
		own.lieDown(() => true);
		at = writer.claim(length);
		if (at >= 0) break;
		await new Promise<void>((resolve) => {
			wake = resolve;
		});
		at = writer.claim(length);
	}
	writer.bytes.fill(next & 255, at, at + length);
	if (next % 7 === 0 && writer.commit()) reader.ring();
}
if (writer.commit()) reader.ring();
port.close();
