/** Plays MPEG audio over the network it is bound to, and hands the session to a player on another one. */
import { Failure, serve, SessionService, Turn } from "mullion/sdk";
import { PlaybackState, PlayerState } from "./bus/media";
import { Playback } from "./playback";
import { Settings } from "./settings";

const MAX_URL_LENGTH = 2048;
/** How often the state is told and fetches are watched. */
const BEAT_MS: u32 = 500;
/** Frames are handed over a few at a time rather than each in a turn of its own. */
const SHORTEST_PACE_MS: u64 = 100;

/** Asked for to open a way: little, since what the source still owes will be wanted first. */
const PROBE_BYTES: u32 = 8_192;

enum Mode {
	Idle,
	/** Another player has the session; the way to the resource is being opened. */
	Prepared,
	Playing,
	/** Handed over, but it may come back. */
	Given,
	/** The last frame is handed over, or there will be none. */
	Ended,
}

class Command {
	constructor(
		readonly topic: string,
		readonly payload: Uint8Array,
		readonly correlation: u32,
	) {}
}

class Player extends SessionService {
	private settings: Settings = Settings.of(new Uint8Array(0));
	private mode: Mode = Mode.Idle;
	private session: string = "";
	private playback: Playback | null = null;
	/** The request to prepare that waits for its answer; 0 if none does. */
	private preparing: u32 = 0;
	/** Taken, and not yet known to be ours for good: until then a rollback means to let go. */
	private isProvisional: bool = false;
	private isCheckpointDue: bool = false;
	private pacedAt: u64 = 0;

	private commands: Array<Command> = [];

	start(turn: Turn): void {
		this.settings = Settings.of(turn.config);
	}

	open(session: string, url: string, turn: Turn): void {
		if (this.mode == Mode.Playing) return turn.reject("already plays " + this.session);
		if (url.length == 0 || url.length > MAX_URL_LENGTH) return turn.reject("the address is empty or too long");
		this.forget(turn);
		this.begin(session, new Playback(url, 0, this.settings));
		this.own(turn);
	}

	quiesce(session: string, turn: Turn): Uint8Array | null {
		const playback = this.owned(session);
		if (playback == null) return null;
		this.isProvisional = false;
		playback.source.pause();
		return playback.state().encode();
	}

	prepare(session: string, state: Uint8Array, correlation: u32, turn: Turn): void {
		const light = PlaybackState.decode(state);
		if (light == null) return turn.rejectTo(correlation, "malformed state");
		if (this.mode == Mode.Playing) return turn.rejectTo(correlation, "already plays " + this.session);
		this.forget(turn);
		const playback = new Playback(light.url, light.askedTo, this.settings);
		if (light.size != 0) playback.source.ahead.setSize(light.size);
		this.begin(session, playback);
		this.mode = Mode.Prepared;
		this.preparing = correlation;
		turn.every(BEAT_MS, "beat");
	}

	transfer(session: string, turn: Turn): Uint8Array | null {
		const playback = this.owned(session);
		if (playback == null) return null;
		this.isProvisional = false;
		playback.source.stop(turn);
		this.quieten(turn);
		this.mode = Mode.Given;
		return playback.wholeState().encode();
	}

	take(session: string, state: Uint8Array, nextSequence: u64, nextAt: u64, turn: Turn): bool {
		const whole = PlaybackState.decode(state);
		if (whole == null || this.mode == Mode.Playing) return false;
		let playback = this.playback;
		if (this.mode != Mode.Prepared || this.session != session || playback == null) {
			this.forget(turn);
			playback = new Playback(whole.url, whole.askedTo, this.settings);
		}
		if (!playback.adopt(whole)) {
			this.forget(turn);
			return false;
		}
		playback.follow(nextSequence, nextAt);
		this.begin(session, playback);
		this.isProvisional = true;
		this.own(turn);
		return true;
	}

	rollback(session: string, turn: Turn): void {
		if (session != this.session) return;
		const playback = this.playback;
		const isTarget = this.mode == Mode.Prepared || this.isProvisional;
		if (isTarget || playback == null) return this.forget(turn);
		playback.source.resume();
		if (this.mode == Mode.Given) this.own(turn);
	}

	release(session: string, turn: Turn): void {
		if (session == this.session) this.forget(turn);
	}

	chunk(stream: u32, offset: u64, bytes: Uint8Array, turn: Turn): void {
		const playback = this.playback;
		if (playback != null) playback.source.chunk(stream, offset, bytes, turn);
	}

	streamEnded(stream: u32, size: u64, turn: Turn): void {
		const playback = this.playback;
		if (playback != null) playback.source.ended(stream, size, turn);
	}

	streamFailed(stream: u32, failure: Failure, turn: Turn): void {
		const playback = this.playback;
		if (playback != null) playback.source.failed(stream, failure, turn);
	}

	timer(name: string, turn: Turn): void {
		if (name == "pace") this.pacedAt = 0;
		else if (name == "checkpoint") this.isCheckpointDue = true;
		else if (name == "beat") this.beat(turn);
	}

	/** Commands wait for the bytes that came with them, so that a state handed over has them. */
	receive(topic: string, payload: Uint8Array, turn: Turn): void {
		this.commands.push(new Command(topic, payload, turn.correlation));
	}

	flush(turn: Turn): void {
		const commands = this.commands;
		this.commands = [];
		for (let i = 0; i < commands.length; i++) {
			turn.correlation = commands[i].correlation;
			super.receive(commands[i].topic, commands[i].payload, turn);
		}
		turn.correlation = 0;
		const playback = this.playback;
		if (playback == null) return;
		if (this.mode == Mode.Prepared) this.openWay(playback, turn);
		else if (this.mode == Mode.Playing) this.goOn(playback, turn);
	}

	/** Prepared: a small fetch shows that the way is open, and brings what the source has not asked for. */
	private openWay(playback: Playback, turn: Turn): void {
		const source = playback.source;
		source.ask(1, min(this.settings.fetchBytes, PROBE_BYTES), turn);
		if (this.preparing == 0) return;
		if (source.fault != "") {
			turn.rejectTo(this.preparing, source.fault);
			this.preparing = 0;
			this.forget(turn);
		} else if (source.hasAnswered || source.ahead.isWhole) {
			this.prepared(this.preparing, turn);
			this.preparing = 0;
		}
	}

	private goOn(playback: Playback, turn: Turn): void {
		playback.handOver(turn);
		const fault = playback.source.fault;
		if (fault != "") turn.error("cannot play " + playback.source.url + ": " + fault);
		if (fault != "" || playback.hasEnded) return this.end(playback, turn);
		playback.source.ask(playback.wantedBytes, this.settings.fetchBytes, turn);
		this.pace(playback.handOverAt, turn);
		if (this.isCheckpointDue || playback.hasMoved) this.checkpointNow(playback, turn);
	}

	private pace(at: u64, turn: Turn): void {
		if (at == 0 || this.pacedAt != 0) return;
		const soonest = at == turn.now ? turn.now + 1000 : turn.now + SHORTEST_PACE_MS * 1000;
		this.pacedAt = max(at, soonest);
		turn.after(<u32>((this.pacedAt - turn.now + 999) / 1000), "pace");
	}

	private beat(turn: Turn): void {
		const playback = this.playback;
		if (playback == null) return;
		playback.source.watch(turn);
		if (this.mode == Mode.Playing) this.tell(playback, turn);
	}

	private tell(playback: Playback, turn: Turn): void {
		const ahead = playback.source.ahead;
		const state = new PlayerState();
		state.session = this.session;
		state.nextSequence = playback.pacing.nextSequence;
		state.bufferedMs = <u32>(playback.heldUs / 1000);
		state.bufferedBytes = <u32>(ahead.end - ahead.head);
		state.resyncs = playback.audio.resyncs;
		state.skippedBytes = playback.audio.skippedBytes;
		state.ended = this.mode == Mode.Ended;
		state.bitrate = playback.bitrate;
		state.sampleRate = playback.pacing.sampleRate;
		state.rebuffers = playback.rebuffers;
		state.waiting = !state.ended && playback.isDry(turn.now);
		turn.publish("media.state", state.encode());
	}

	private checkpointNow(playback: Playback, turn: Turn): void {
		this.isCheckpointDue = false;
		const isEnded = this.mode == Mode.Ended;
		this.checkpoint(this.session, playback.bareState().encode(), playback.pacing.nextSequence, isEnded, turn);
	}

	/** What this player plays, if it is this session and it is ours. */
	private owned(session: string): Playback | null {
		const isOurs = this.mode == Mode.Playing || this.mode == Mode.Ended;
		return isOurs && session == this.session ? this.playback : null;
	}

	private begin(session: string, playback: Playback): void {
		this.session = session;
		this.playback = playback;
		this.preparing = 0;
		this.isProvisional = false;
	}

	private own(turn: Turn): void {
		this.mode = Mode.Playing;
		this.pacedAt = 0;
		this.isCheckpointDue = true;
		turn.every(BEAT_MS, "beat");
		turn.every(this.settings.checkpointMs, "checkpoint");
	}

	private end(playback: Playback, turn: Turn): void {
		playback.source.stop(turn);
		this.quieten(turn);
		this.mode = Mode.Ended;
		this.checkpointNow(playback, turn);
		this.tell(playback, turn);
	}

	private quieten(turn: Turn): void {
		turn.cancel("beat");
		turn.cancel("checkpoint");
		turn.cancel("pace");
		turn.cancel("retry");
	}

	private forget(turn: Turn): void {
		const playback = this.playback;
		if (playback != null) playback.source.stop(turn);
		this.quieten(turn);
		if (this.preparing != 0) turn.rejectTo(this.preparing, "another command came first");
		this.preparing = 0;
		this.playback = null;
		this.session = "";
		this.isProvisional = false;
		this.mode = Mode.Idle;
	}
}

serve(new Player());
