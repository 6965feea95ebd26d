import test from 'ava';
import { recordingStreams } from './recording-streams.ts';
import { makeShelves } from './testbed.ts';

const film = Uint8Array.from({ length: 150_000 }, (_, at) => (at * 7) & 0xff);

async function play() {
	const { shelves } = makeShelves();
	const shelf = await shelves.of('recorder');
	shelf.limits = { maxBytes: 1_000_000, maxRecordings: 9 };
	await shelf.begin('open', new Uint8Array());
	await shelf.begin('film', new Uint8Array());
	shelf.append('film', 0, film);
	await shelf.finish('film', '');
	const streams = recordingStreams(shelves);
	const read = (range: { name?: string; offset?: number; length?: number; mostBytes?: number }) => {
		const { promise, resolve } = Promise.withResolvers<string>();
		const pieces: Uint8Array[] = [];
		let at = range.offset ?? 0;
		const stream = streams.open(
			{ module: 'recorder', name: 'film', offset: 0, length: 0, mostBytes: 1_000_000, ...range },
			{
				chunk: (offset, bytes) => {
					if (offset !== at) resolve(`a hole at ${at}`);
					at += bytes.length;
					pieces.push(bytes);
				},
				end: (size) => resolve(`ended ${size}`),
				fail: (failure) => resolve(failure),
			},
		);
		return { stream, pieces, end: promise, bytes: () => Buffer.concat(pieces) };
	};
	return { read };
}

test('a recording is read whole, in pieces, with its size', async (t) => {
	const { end, pieces, bytes } = (await play()).read({});
	t.is(await end, 'ended 150000');
	t.true(pieces.length > 1);
	t.deepEqual(bytes(), Buffer.from(film));
});

test('a range is what was asked for, as far as there is so much', async (t) => {
	const { read } = await play();
	const middle = read({ offset: 70_000, length: 10 });
	t.is(await middle.end, 'ended 150000');
	t.deepEqual(middle.bytes(), Buffer.from(film.subarray(70_000, 70_010)));
	const tail = read({ offset: 149_999, length: 100 });
	t.is(await tail.end, 'ended 150000');
	t.is(tail.bytes().length, 1);
});

test('what is not there, has not ended, or is more than may be fetched ends with a failure', async (t) => {
	const { read } = await play();
	t.is(await read({ name: 'nothing' }).end, 'refused');
	t.is(await read({ name: 'open' }).end, 'refused');
	t.is(await read({ offset: 150_000, length: 1 }).end, 'refused');
	t.is(await read({ mostBytes: 149_999 }).end, 'malformed');
});

test('nothing comes after a stream was cancelled', async (t) => {
	const { read } = await play();
	const { stream, pieces } = read({});
	stream.cancel();
	t.is(await read({}).end, 'ended 150000');
	t.is(pieces.length, 0);
});
