import test from 'ava';
import type { NetworkStreams, StreamHandlers } from '../capability/network-stream.ts';
import { watchSilence } from './silence-watch.ts';

/** Streams that bring what the test says, and what the table of networks and the VM are told, in order. */
function setUp() {
	const told: string[] = [];
	const opened: StreamHandlers[] = [];
	const streams: NetworkStreams = {
		open: (_request, handlers) => {
			opened.push(handlers);
			return { cancel: () => told.push('cancel') };
		},
	};
	const watched = watchSilence(streams, {
		silent: (id) => told.push(`${id} silent`),
		heard: (id) => told.push(`${id} heard`),
	});
	const open = (baseband: string) => {
		const url = new URL('http://content/film');
		const stream = watched.open(
			{ baseband, vm: 1, url, offset: 0, length: 9, mostBytes: 9 },
			{
				chunk: (offset) => told.push(`chunk ${offset}`),
				end: (size) => told.push(`end ${size}`),
				fail: (failure) => told.push(failure),
			},
		);
		return { stream, far: opened.at(-1) as StreamHandlers };
	};
	return { open, told };
}

test('a network over which a stream times out is silent, which its VM learns first', (t) => {
	const { open, told } = setUp();
	open('wlan0').far.fail('timed-out', '');
	t.deepEqual(told, ['timed-out', 'wlan0 silent']);
});

test('a stream that stops half-way makes its network silent, unless another one goes on', (t) => {
	const { open, told } = setUp();
	const [first, second] = [open('wlan0').far, open('wlan0').far];
	first.chunk(0, new Uint8Array(1));
	second.chunk(0, new Uint8Array(1));
	first.fail('timed-out', '');
	t.false(told.includes('wlan0 silent'));
	second.fail('timed-out', '');
	t.is(told.at(-1), 'wlan0 silent');
});

test('what another network brings says nothing of this one', (t) => {
	const { open, told } = setUp();
	const { far } = open('wlan0');
	open('lte0').far.chunk(0, new Uint8Array(1));
	far.fail('timed-out', '');
	t.is(told.at(-1), 'wlan0 silent');
});

test('bytes, an end and an answer that is no use are heard; a far end out of reach proves nothing', (t) => {
	const { open, told } = setUp();
	const { far } = open('wlan0');
	far.chunk(7, new Uint8Array(1));
	far.end(8);
	open('wlan0').far.fail('refused', '');
	open('wlan0').far.fail('unreachable', '');
	t.deepEqual(told, [
		'wlan0 heard',
		'chunk 7',
		'wlan0 heard',
		'end 8',
		'wlan0 heard',
		'refused',
		'unreachable',
	]);
});

test('a stream is cancelled as if nobody watched it', (t) => {
	const { open, told } = setUp();
	open('wlan0').stream.cancel();
	t.deepEqual(told, ['cancel']);
});
