/**
 * One stream on its way from the network to the sink: frames are found, numbered, timed and handed
 * over a little before they are due.
 *
 * Frames are never handed over twice or out of order. If they come too late, the rest of the
 * timeline is moved once, and that is counted.
 */
import { Turn } from "mullion/sdk";
import { Piece, PlaybackState } from "./bus/media";
import { MpegAudio, Scan, Step } from "./mpeg-audio";
import { isHeader, sampleRateOf, samplesOf } from "./mpeg-header";
import { Pacing } from "./pacing";
import { MAX_HELD_BYTES } from "./read-ahead";
import { Settings } from "./settings";
import { Source } from "./source";

/** From having enough to the first frame being heard. */
const START_DELAY_US: u64 = 200_000;
/** A frame needs so long from here to the loudspeaker; one due sooner is late. */
const SINK_MARGIN_US: u64 = 30_000;
/** Shorter runs of frames do not tell the bitrate of a stream; a frame's own is taken then. */
const RATED_US: u64 = 1_000_000;
/** Well below the effects a turn may have. */
const MAX_FRAMES_A_TURN = 256;

export class Playback {
	readonly audio: MpegAudio = new MpegAudio();
	readonly pacing: Pacing = new Pacing();
	source: Source;
	hasEnded: bool = false;
	/** The timeline was begun or moved in this turn: states from before it are of less use. */
	hasMoved: bool = false;
	rebuffers: u32 = 0;
	/** When frames are to be handed over next; 0 when that depends on the network. */
	handOverAt: u64 = 0;
	private isStarted: bool = false;
	private isWaiting: bool = false;
	/** The sink has the frames before this one already, and wants it then (0: it does not say). */
	private sinkSequence: u64 = 0;
	private sinkAt: u64 = 0;

	/** @param place first byte to ask the network for */
	constructor(url: string, place: u64, private settings: Settings) {
		this.source = new Source(url, place);
	}

	/** Bytes to hold or have asked for, at the bitrate of what is here. */
	get wantedBytes(): u64 {
		const ahead = this.source.ahead;
		const heldUs = this.heldUs;
		let bitrate: u64 = this.audio.bitrate;
		if (heldUs >= RATED_US) bitrate = (ahead.end - this.audio.position) * 8_000_000 / heldUs;
		const bytes = <u64>this.settings.readAheadMs * bitrate / 8_000;
		return min(bytes, MAX_HELD_BYTES - this.settings.fetchBytes);
	}

	get bitrate(): u32 {
		return this.audio.lastHeader == 0 ? 0 : this.audio.bitrate;
	}

	get heldUs(): u64 {
		return this.audio.heldUs(this.source.ahead.window, this.source.ahead.end);
	}

	/** Hands over what is due within the lead. A fault is left in the source. */
	handOver(turn: Turn): void {
		const ahead = this.source.ahead;
		this.handOverAt = 0;
		this.hasMoved = false;
		let handed = 0;
		while (handed < MAX_FRAMES_A_TURN) {
			const scan = this.audio.scan(ahead.window, ahead.end, ahead.isWhole);
			// What was asked for of a tag is let come; the rest of it never is asked for.
			if (scan == Scan.More && this.audio.position > ahead.askedTo) {
				ahead.advance(this.audio.position);
				continue;
			}
			this.hasEnded = scan == Scan.End;
			const isNothing = this.hasEnded && this.pacing.nextSequence == 0;
			if (scan == Scan.Hopeless || isNothing) this.source.fault = "it is not MPEG audio";
			if (scan != Scan.Frame) break;
			if (this.pacing.nextSequence < this.sinkSequence) this.passOver();
			else if (!this.isDue(turn)) break;
			else {
				this.play(turn);
				handed++;
			}
		}
		if (handed == MAX_FRAMES_A_TURN) this.handOverAt = turn.now;
		ahead.advance(min(this.audio.position, ahead.end));
	}

	/** Whether the listener waits, or is about to. */
	isDry(now: u64): bool {
		return !this.isStarted || this.isWaiting || this.pacing.nextAt < now + SINK_MARGIN_US;
	}

	/** The state without bulk. */
	state(): PlaybackState {
		const ahead = this.source.ahead;
		const state = new PlaybackState();
		state.url = this.source.url;
		state.offset = this.audio.position;
		state.askedTo = ahead.askedTo;
		state.size = ahead.size;
		state.nextSequence = this.pacing.nextSequence;
		state.nextAtUs = this.pacing.nextAt;
		state.atRemainder = this.pacing.remainder;
		state.started = this.isStarted;
		state.lastHeader = this.audio.lastHeader;
		state.step = <i32>this.audio.step;
		state.resyncs = this.audio.resyncs;
		state.skippedBytes = this.audio.skippedBytes;
		state.rebuffers = this.rebuffers;
		return state;
	}

	/** The state with all bytes that are here. */
	wholeState(): PlaybackState {
		const ahead = this.source.ahead;
		const state = this.state();
		const from = this.audio.position;
		if (from < ahead.end) state.buffered = ahead.window.read(from, <i32>(ahead.end - from));
		const pieces = ahead.pieces();
		for (let i = 0; i < pieces.length; i++) {
			const piece = pieces[i];
			state.ahead.push(Piece.of(piece.next, ahead.window.read(piece.next, <i32>(piece.to - piece.next))));
		}
		return state;
	}

	/** The state as if nothing were here: enough to go on from, if not without asking again. */
	bareState(): PlaybackState {
		const state = this.state();
		state.askedTo = state.offset;
		return state;
	}

	/** Goes on from where another player was. False if the state cannot be. */
	adopt(state: PlaybackState): bool {
		const held = <u64>state.buffered.length;
		if (state.askedTo < state.offset || state.askedTo - state.offset > MAX_HELD_BYTES) return false;
		if (held > state.askedTo - state.offset) return false;
		if (held > 0 && state.size != 0 && state.offset + held > state.size) return false;
		const ahead = this.source.ahead;
		if (ahead.isSizeKnown && state.size != 0 && ahead.size != state.size) return false;
		const isFar = ahead.askedTo > state.offset && ahead.askedTo - state.offset > MAX_HELD_BYTES;
		if (isFar || state.url != this.source.url) return false;

		ahead.adopt(state.offset, state.buffered);
		if (state.size != 0) ahead.setSize(state.size);
		for (let i = 0; i < state.ahead.length; i++) ahead.fill(state.ahead[i].offset, state.ahead[i].bytes);
		this.audio.position = state.offset;
		this.audio.step = <i32>state.step == Step.Sync ? Step.Sync : <i32>state.step == Step.Lost ? Step.Lost : Step.Fresh;
		this.audio.lastHeader = isHeader(state.lastHeader) ? state.lastHeader : 0;
		this.audio.resyncs = state.resyncs;
		this.audio.skippedBytes = state.skippedBytes;
		this.pacing.nextSequence = state.nextSequence;
		this.pacing.nextAt = state.nextAtUs;
		if (this.audio.lastHeader != 0) {
			this.pacing.sampleRate = sampleRateOf(state.lastHeader);
			this.pacing.remainder = state.atRemainder % this.pacing.sampleRate;
		} else {
			this.audio.step = this.audio.step == Step.Sync ? Step.Fresh : this.audio.step;
		}
		this.isStarted = state.started;
		this.rebuffers = state.rebuffers;
		return true;
	}

	/** The sink has the frames before `sequence` already, and wants it at `at`; zeros say nothing. */
	follow(sequence: u64, at: u64): void {
		if (sequence < this.pacing.nextSequence || sequence == 0) return;
		this.sinkSequence = sequence;
		this.sinkAt = at;
		if (sequence == this.pacing.nextSequence) this.meetSink();
	}

	private isDue(turn: Turn): bool {
		const now = turn.now;
		if (this.isStarted && this.pacing.nextAt < now + SINK_MARGIN_US) this.isWaiting = true;
		if (!this.isStarted || this.isWaiting) {
			if (!this.hasEnough) return false;
			if (this.isStarted) {
				this.rebuffers++;
				turn.warn("frame " + this.pacing.nextSequence.toString() + " is late; the rest is moved");
			}
			this.pacing.rebase(now + START_DELAY_US);
			this.isStarted = true;
			this.isWaiting = false;
			this.hasMoved = true;
		}
		const lead = <u64>this.settings.leadMs * 1000;
		if (this.pacing.nextAt <= now + lead) return true;
		this.handOverAt = this.pacing.nextAt - lead;
		return false;
	}

	private get hasEnough(): bool {
		const enoughMs = min(this.settings.leadMs, this.settings.readAheadMs);
		const ahead = this.source.ahead;
		if (ahead.isWhole || this.heldUs >= <u64>enoughMs * 1000) return true;
		return ahead.end - ahead.head >= this.wantedBytes;
	}

	private play(turn: Turn): void {
		const bytes = this.source.ahead.window.read(this.audio.position, this.audio.frameBytes);
		const sequence = this.pacing.nextSequence;
		const at = this.pacing.nextAt;
		turn.play(sequence, at, this.goPast(), bytes);
	}

	private passOver(): void {
		this.goPast();
		if (this.pacing.nextSequence == this.sinkSequence) this.meetSink();
	}

	private goPast(): u32 {
		const header = this.audio.header;
		this.audio.take();
		return this.pacing.advance(samplesOf(header), sampleRateOf(header));
	}

	/** The sink's clock wins, unless it only rounded ours. */
	private meetSink(): void {
		const at = this.sinkAt;
		if (at == 0) return;
		if (at > this.pacing.nextAt + 1 || at + 1 < this.pacing.nextAt) this.pacing.rebase(at);
		this.isStarted = true;
	}
}
