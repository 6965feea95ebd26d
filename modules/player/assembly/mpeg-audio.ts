/**
 * Finds the frames of an MPEG audio stream, whatever stands between them.
 *
 * A frame counts if it follows the one before without a gap and fits it, or if another header that
 * fits it (or a tag, or the end) stands right behind it. All else is skipped, byte by byte.
 */
import { ByteWindow } from "./byte-window";
import { bitrateOf, frameBytesOf, isHeader, isSameStream, sampleRateOf, samplesOf } from "./mpeg-header";
import { NO_TAG, opensTag, TAG_UNSURE, tagBytes } from "./tags";

export enum Scan {
	/** A whole frame stands at `position`. */
	Frame,
	/** Bytes from the end of what is there on are needed. */
	More,
	/** Nothing but the end is left. */
	End,
	/** So much was skipped since the last frame that this is no MPEG audio. */
	Hopeless,
}

/** How sure the scanner is that a frame stands at `position`. The values are those of the state's `Step`. */
export enum Step {
	/** Nothing is known: the beginning, or just behind a tag. */
	Fresh,
	/** A frame ended here. */
	Sync,
	/** In a run of bytes that belong to nothing. */
	Lost,
}

/** Bytes that may belong to nothing before the resource is given up. */
const MAX_GARBAGE_BYTES: u64 = 524_288;
/** Tags that may follow each other; more is an attempt to keep the player busy. */
const MAX_TAGS: u32 = 64;

export class MpegAudio {
	/** First byte that is not part of a frame taken, a tag or garbage. May lie beyond what is there. */
	position: u64 = 0;
	step: Step = Step.Fresh;
	/** Header and length of the frame found last. */
	header: u32 = 0;
	frameBytes: i32 = 0;
	/** Header of the frame taken last; 0 before the first. */
	lastHeader: u32 = 0;
	/** Runs of bytes that belonged to nothing, and how many bytes they were. */
	resyncs: u32 = 0;
	skippedBytes: u64 = 0;
	private garbageBytes: u64 = 0;
	private tags: u32 = 0;

	/** @param end bytes are there up to this place; @param isWhole and no more will ever come */
	scan(window: ByteWindow, end: u64, isWhole: bool): Scan {
		while (this.position < end) {
			const tag = this.step == Step.Lost ? NO_TAG : tagBytes(window, this.position, end);
			if (tag == TAG_UNSURE && !isWhole) return Scan.More;
			if (tag > 0) {
				if (++this.tags > MAX_TAGS) return Scan.Hopeless;
				this.position += tag;
				this.step = Step.Fresh;
				continue;
			}
			const found = this.examine(window, end, isWhole);
			if (found != Scan.End) return found;
			this.skipTo(this.nextCandidate(window, end));
			if (this.garbageBytes > MAX_GARBAGE_BYTES) return Scan.Hopeless;
		}
		return isWhole ? Scan.End : Scan.More;
	}

	/** Goes past the frame that was found. */
	take(): void {
		this.position += this.frameBytes;
		this.lastHeader = this.header;
		this.step = Step.Sync;
		this.garbageBytes = 0;
		this.tags = 0;
	}

	/** Microseconds of the unbroken run of frames from `position` on that are wholly there. */
	heldUs(window: ByteWindow, end: u64): u64 {
		let samples: u64 = 0;
		let first: u32 = 0;
		for (let at = this.position; at + 4 <= end; ) {
			const header = window.word(at);
			if (!isHeader(header) || (first != 0 && !isSameStream(header, first))) break;
			if (first == 0) first = header;
			at += frameBytesOf(header);
			if (at <= end) samples += samplesOf(header);
		}
		return first == 0 ? 0 : samples * 1_000_000 / sampleRateOf(first);
	}

	/** Bits per second of the frame found or taken last; a usual figure before the first. */
	get bitrate(): u32 {
		const header = this.header != 0 ? this.header : this.lastHeader;
		return header == 0 ? 128_000 : bitrateOf(header);
	}

	/** Frame, More, or End if no frame stands at `position`. */
	private examine(window: ByteWindow, end: u64, isWhole: bool): Scan {
		const at = this.position;
		if (end - at < 4) return isWhole ? Scan.End : Scan.More;
		const header = window.word(at);
		if (!isHeader(header)) return Scan.End;
		const length = frameBytesOf(header);
		const behind = at + length;
		if (behind > end) return isWhole ? Scan.End : Scan.More;
		if (this.step != Step.Sync || !isSameStream(header, this.lastHeader)) {
			if (end - behind < 4) {
				if (!isWhole) return Scan.More;
			} else {
				const next = window.word(behind);
				if (!(isHeader(next) && isSameStream(next, header)) && !opensTag(next)) return Scan.End;
			}
		}
		this.header = header;
		this.frameBytes = length;
		return Scan.Frame;
	}

	/** The next place behind `position` where a header could stand. */
	private nextCandidate(window: ByteWindow, end: u64): u64 {
		let at = this.position + 1;
		while (at < end && window.at(at) != 0xff) at++;
		return at;
	}

	private skipTo(place: u64): void {
		if (this.step != Step.Lost) this.resyncs++;
		this.step = Step.Lost;
		this.skippedBytes += place - this.position;
		this.garbageBytes += place - this.position;
		this.position = place;
	}
}
