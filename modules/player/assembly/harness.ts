/** What the tests reach of the pure parts; no part of the service. */
import { ByteWindow } from "./byte-window";
import { MpegAudio, Scan } from "./mpeg-audio";
import { bitrateOf, frameBytesOf, isHeader, layerOf, sampleRateOf, samplesOf } from "./mpeg-header";
import { Pacing } from "./pacing";
import { Range, ReadAhead } from "./read-ahead";

let buffer = new Uint8Array(0);
let window = new ByteWindow();
let audio = new MpegAudio();
let pacing = new Pacing();
let ahead = new ReadAhead(0);
let planned: Range | null = null;
let end: u64 = 0;
let frames: Array<u64> = [];

/** Room for `length` bytes from the test; they stay until the next call. */
export function input(length: i32): usize {
	buffer = new Uint8Array(length);
	return buffer.dataStart;
}

export function headerFacts(header: u32): u64 {
	if (!isHeader(header)) return 0;
	return (<u64>frameBytesOf(header) << 48) | (<u64>samplesOf(header) << 32) | (<u64>layerOf(header) << 24) | sampleRateOf(header);
}

export function headerBitrate(header: u32): u32 {
	return bitrateOf(header);
}

export function scanReset(): void {
	window = new ByteWindow();
	audio = new MpegAudio();
	end = 0;
	frames = [];
}

/** Feeds the input to the scanner; returns how the scan stopped. */
export function scanFeed(isLast: bool): i32 {
	const start = <i32>min<u64>(buffer.length, audio.position > end ? audio.position - end : 0);
	window.hold(audio.position, max(end + buffer.length, audio.position));
	window.store(end + start, buffer, start, buffer.length - start);
	end += buffer.length;
	while (true) {
		const scan = audio.scan(window, end, isLast);
		if (scan != Scan.Frame) return scan;
		frames.push(audio.position);
		frames.push(audio.frameBytes);
		audio.take();
	}
}

export function scanFrames(): i32 {
	return frames.length / 2;
}

export function scanFrame(index: i32): u64 {
	return frames[index];
}

export function scanResyncs(): u32 {
	return audio.resyncs;
}

export function scanSkipped(): u64 {
	return audio.skippedBytes;
}

export function paceReset(at: u64): void {
	pacing = new Pacing();
	pacing.rebase(at);
}

export function paceAdvance(samples: u32, rate: u32): u32 {
	return pacing.advance(samples, rate);
}

export function paceNextAt(): u64 {
	return pacing.nextAt;
}

export function paceRemainder(): u32 {
	return pacing.remainder;
}

export function aheadReset(place: u64): void {
	ahead = new ReadAhead(place);
}

/** Plans the next fetch as number `stream`; false if there is nothing to ask for. */
export function aheadPlan(wanted: u64, fetchBytes: u64, stream: u32): bool {
	planned = ahead.plan(wanted, fetchBytes, 0);
	if (planned == null) return false;
	planned!.stream = stream;
	return true;
}

export function plannedFrom(): u64 {
	return planned!.next;
}

export function plannedTo(): u64 {
	return planned!.to;
}

export function aheadAccept(stream: u32, offset: u64): bool {
	return ahead.accept(stream, offset, buffer, 0);
}

export function aheadEnded(stream: u32, size: u64): bool {
	return ahead.ended(stream, size);
}

export function aheadFailed(stream: u32): void {
	ahead.failed(stream);
}

export function aheadAdvance(place: u64): void {
	ahead.advance(place);
}

export function aheadHead(): u64 {
	return ahead.head;
}

export function aheadEnd(): u64 {
	return ahead.end;
}

export function aheadAskedTo(): u64 {
	return ahead.askedTo;
}

export function aheadIsWhole(): bool {
	return ahead.isWhole;
}

export function aheadByte(place: u64): u8 {
	return ahead.window.at(place);
}

export function aheadAbandoned(): u32 {
	return ahead.abandoned.length > 0 ? ahead.abandoned.shift() : 0;
}

/** Hands everything to a second player that has asked for the next `prefetch` bytes itself, as stream `stream`; false if it did not. */
export function aheadHandOver(prefetch: u64, stream: u32, cut: bool): bool {
	if (cut) ahead.cut();
	const target = new ReadAhead(ahead.askedTo);
	if (ahead.isSizeKnown) target.setSize(ahead.size);
	planned = prefetch > 0 ? target.plan(1, prefetch, 0) : null;
	if (planned != null) planned!.stream = stream;
	ahead.stop();
	target.adopt(ahead.head, ahead.window.read(ahead.head, <i32>(ahead.end - ahead.head)));
	const pieces = ahead.pieces();
	for (let i = 0; i < pieces.length; i++) {
		const piece = pieces[i];
		target.fill(piece.next, ahead.window.read(piece.next, <i32>(piece.to - piece.next)));
	}
	target.abandoned = target.abandoned.concat(ahead.abandoned);
	ahead = target;
	return planned != null;
}
