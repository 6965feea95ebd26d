/** Written by `npm run generate` from recording/recording.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export const Failure = {
	FAILURE_UNSPECIFIED: 0,
	FAILURE_DENIED: 1,
	FAILURE_TIMED_OUT: 2,
	FAILURE_REFUSED: 3,
	FAILURE_UNREACHABLE: 4,
	FAILURE_MALFORMED: 5,
	FAILURE_CANCELLED: 6,
} as const;
export type Failure = number;

export interface Recording {
	opening?: Opening;
	turns: TurnRecord[];
	ending?: Ending;
	state?: State;
}

/** What the VM was made of and told before its first turn. */
export interface Opening {
	module: string;
	version: string;
	/** SHA-256 of the module's bytes. */
	digest: Uint8Array;
	/** Version of the platform that ran it. */
	platform: string;
	vmName: string;
	vm: number;
	/** A topic's place in the list is the number that the turns call it by. */
	topics: string[];
	config: Uint8Array;
	baseband: string;
	/** Effects beyond the bus and timers that it was allowed. */
	effects: string[];
	/** What its key-value bucket held; `bucket_bytes` is missing where it had none. */
	bucket: Entry[];
	bucketBytes?: number;
	turnMs: number;
	effectsPerTurn: number;
	effectBytesPerTurn: number;
}

/** Instead of a start: only the very module can go on from it, on the very platform. The turn behind it is 1. */
export interface State {
	/** Packed with Zstandard. */
	snapshot: Uint8Array;
	/** What its key-value bucket held then, instead of what the opening says. */
	bucket: Entry[];
}

/** Why nothing more was recorded, and the SHA-256 of every byte before this field with `why` behind them. */
export interface Ending {
	why: string;
	sha256: Uint8Array;
}

/** One turn. `turn` 0 is the start, which has no inbox. */
export interface TurnRecord {
	vm: number;
	turn: number;
	/** Microseconds since the Unix epoch, as the guest saw it. */
	now: number;
	inbox: Event[];
	/** What `key-value.get` was asked and found, in order. */
	reads: Read[];
	effects: Effect[];
	/** Present where the turn ended badly; then there are no effects. */
	fault?: Fault;
	/** Units that the turn used. */
	fuel: number;
}

export interface Event {
	/** Which one of its members is set. */
	event?: 'message' | 'answer' | 'timer' | 'chunk' | 'streamEnded' | 'sink';
	message?: Message;
	answer?: Answer;
	timer?: number;
	chunk?: Chunk;
	streamEnded?: StreamEnd;
	sink?: SinkReport;
}

export interface Message {
	topic: number;
	sender: number;
	correlation: number;
	payload: Uint8Array;
}

export interface Answer {
	/** Which one of its members is set. */
	outcome?: 'ok' | 'failed';
	correlation: number;
	ok?: Uint8Array;
	failed?: Failure;
}

export interface Chunk {
	stream: number;
	offset: number;
	bytes: Uint8Array;
}

export interface StreamEnd {
	/** Which one of its members is set. */
	outcome?: 'size' | 'failed';
	stream: number;
	size?: number;
	failed?: Failure;
}

export interface SinkReport {
	nextSequence: number;
	at: number;
	buffered: number;
}

export interface Read {
	key: string;
	/** Missing where the bucket had no such key. */
	value?: Uint8Array;
}

export interface Effect {
	/** Which one of its members is set. */
	effect?: 'publish' | 'request' | 'reply' | 'setTimer' | 'cancelTimer' | 'put' | 'delete' | 'fetch' | 'cancelFetch' | 'play';
	publish?: Publication;
	request?: Request;
	reply?: Reply;
	setTimer?: Timer;
	cancelTimer?: number;
	put?: Entry;
	delete?: string;
	fetch?: Fetch;
	cancelFetch?: number;
	play?: Frame;
}

export interface Publication {
	topic: number;
	payload: Uint8Array;
}

export interface Request {
	topic: number;
	correlation: number;
	deadlineMs: number;
	payload: Uint8Array;
}

export interface Reply {
	/** Which one of its members is set. */
	outcome?: 'ok' | 'refused';
	correlation: number;
	ok?: Uint8Array;
	refused?: string;
}

export interface Timer {
	id: number;
	delayMs: number;
	repeat: boolean;
}

export interface Entry {
	key: string;
	value: Uint8Array;
}

export interface Fetch {
	stream: number;
	url: string;
	offset: number;
	length: number;
}

export interface Frame {
	sequence: number;
	at: number;
	duration: number;
	bytes: Uint8Array;
}

export interface Fault {
	/** As in the errors table, such as `trapped`. */
	code: string;
	message: string;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"recording":{"nested":{"Answer":{"oneofs":{"outcome":{"oneof":["ok","failed"]}},"fields":{"correlation":{"type":"uint32","id":1},"ok":{"type":"bytes","id":2},"failed":{"type":"Failure","id":3}}},"Chunk":{"fields":{"stream":{"type":"uint32","id":1},"offset":{"type":"uint64","id":2},"bytes":{"type":"bytes","id":3}}},"Effect":{"oneofs":{"effect":{"oneof":["publish","request","reply","setTimer","cancelTimer","put","delete","fetch","cancelFetch","play"]}},"fields":{"publish":{"type":"Publication","id":1},"request":{"type":"Request","id":2},"reply":{"type":"Reply","id":3},"setTimer":{"type":"Timer","id":4,"protoName":"set_timer"},"cancelTimer":{"type":"uint32","id":5,"protoName":"cancel_timer"},"put":{"type":"Entry","id":6},"delete":{"type":"string","id":7},"fetch":{"type":"Fetch","id":8},"cancelFetch":{"type":"uint32","id":9,"protoName":"cancel_fetch"},"play":{"type":"Frame","id":10}}},"Ending":{"fields":{"why":{"type":"string","id":1},"sha256":{"type":"bytes","id":2}}},"Entry":{"fields":{"key":{"type":"string","id":1},"value":{"type":"bytes","id":2}}},"Event":{"oneofs":{"event":{"oneof":["message","answer","timer","chunk","streamEnded","sink"]}},"fields":{"message":{"type":"Message","id":1},"answer":{"type":"Answer","id":2},"timer":{"type":"uint32","id":3},"chunk":{"type":"Chunk","id":4},"streamEnded":{"type":"StreamEnd","id":5,"protoName":"stream_ended"},"sink":{"type":"SinkReport","id":6}}},"Failure":{"values":{"FAILURE_UNSPECIFIED":0,"FAILURE_DENIED":1,"FAILURE_TIMED_OUT":2,"FAILURE_REFUSED":3,"FAILURE_UNREACHABLE":4,"FAILURE_MALFORMED":5,"FAILURE_CANCELLED":6}},"Fault":{"fields":{"code":{"type":"string","id":1},"message":{"type":"string","id":2}}},"Fetch":{"fields":{"stream":{"type":"uint32","id":1},"url":{"type":"string","id":2},"offset":{"type":"uint64","id":3},"length":{"type":"uint64","id":4}}},"Frame":{"fields":{"sequence":{"type":"uint64","id":1},"at":{"type":"uint64","id":2},"duration":{"type":"uint32","id":3},"bytes":{"type":"bytes","id":4}}},"Message":{"fields":{"topic":{"type":"uint32","id":1},"sender":{"type":"uint32","id":2},"correlation":{"type":"uint32","id":3},"payload":{"type":"bytes","id":4}}},"Opening":{"oneofs":{"_bucketBytes":{"oneof":["bucketBytes"]}},"fields":{"module":{"type":"string","id":1},"version":{"type":"string","id":2},"digest":{"type":"bytes","id":3},"platform":{"type":"string","id":4},"vmName":{"type":"string","id":5,"protoName":"vm_name"},"vm":{"type":"uint32","id":6},"topics":{"rule":"repeated","type":"string","id":7},"config":{"type":"bytes","id":8},"baseband":{"type":"string","id":9},"effects":{"rule":"repeated","type":"string","id":10},"bucket":{"rule":"repeated","type":"Entry","id":11},"bucketBytes":{"type":"uint64","id":12,"protoName":"bucket_bytes","options":{"proto3_optional":true}},"turnMs":{"type":"uint32","id":13,"protoName":"turn_ms"},"effectsPerTurn":{"type":"uint32","id":14,"protoName":"effects_per_turn"},"effectBytesPerTurn":{"type":"uint32","id":15,"protoName":"effect_bytes_per_turn"}}},"Publication":{"fields":{"topic":{"type":"uint32","id":1},"payload":{"type":"bytes","id":2}}},"Read":{"oneofs":{"_value":{"oneof":["value"]}},"fields":{"key":{"type":"string","id":1},"value":{"type":"bytes","id":2,"options":{"proto3_optional":true}}}},"Recording":{"fields":{"opening":{"type":"Opening","id":1},"turns":{"rule":"repeated","type":"TurnRecord","id":2},"ending":{"type":"Ending","id":3},"state":{"type":"State","id":4}}},"Reply":{"oneofs":{"outcome":{"oneof":["ok","refused"]}},"fields":{"correlation":{"type":"uint32","id":1},"ok":{"type":"bytes","id":2},"refused":{"type":"string","id":3}}},"Request":{"fields":{"topic":{"type":"uint32","id":1},"correlation":{"type":"uint32","id":2},"deadlineMs":{"type":"uint32","id":3,"protoName":"deadline_ms"},"payload":{"type":"bytes","id":4}}},"SinkReport":{"fields":{"nextSequence":{"type":"uint64","id":1,"protoName":"next_sequence"},"at":{"type":"uint64","id":2},"buffered":{"type":"uint32","id":3}}},"State":{"fields":{"snapshot":{"type":"bytes","id":1},"bucket":{"rule":"repeated","type":"Entry","id":2}}},"StreamEnd":{"oneofs":{"outcome":{"oneof":["size","failed"]}},"fields":{"stream":{"type":"uint32","id":1},"size":{"type":"uint64","id":2},"failed":{"type":"Failure","id":3}}},"Timer":{"fields":{"id":{"type":"uint32","id":1},"delayMs":{"type":"uint32","id":2,"protoName":"delay_ms"},"repeat":{"type":"bool","id":3}}},"TurnRecord":{"fields":{"vm":{"type":"uint32","id":1},"turn":{"type":"uint64","id":2},"now":{"type":"uint64","id":3},"inbox":{"rule":"repeated","type":"Event","id":4},"reads":{"rule":"repeated","type":"Read","id":5},"effects":{"rule":"repeated","type":"Effect","id":6},"fault":{"type":"Fault","id":7},"fuel":{"type":"uint32","id":8}}}}}}}}}');

export const Recording: Codec<Recording> = codec('mullion.recording.Recording');
export const Opening: Codec<Opening> = codec('mullion.recording.Opening');
export const State: Codec<State> = codec('mullion.recording.State');
export const Ending: Codec<Ending> = codec('mullion.recording.Ending');
export const TurnRecord: Codec<TurnRecord> = codec('mullion.recording.TurnRecord');
export const Event: Codec<Event> = codec('mullion.recording.Event');
export const Message: Codec<Message> = codec('mullion.recording.Message');
export const Answer: Codec<Answer> = codec('mullion.recording.Answer');
export const Chunk: Codec<Chunk> = codec('mullion.recording.Chunk');
export const StreamEnd: Codec<StreamEnd> = codec('mullion.recording.StreamEnd');
export const SinkReport: Codec<SinkReport> = codec('mullion.recording.SinkReport');
export const Read: Codec<Read> = codec('mullion.recording.Read');
export const Effect: Codec<Effect> = codec('mullion.recording.Effect');
export const Publication: Codec<Publication> = codec('mullion.recording.Publication');
export const Request: Codec<Request> = codec('mullion.recording.Request');
export const Reply: Codec<Reply> = codec('mullion.recording.Reply');
export const Timer: Codec<Timer> = codec('mullion.recording.Timer');
export const Entry: Codec<Entry> = codec('mullion.recording.Entry');
export const Fetch: Codec<Fetch> = codec('mullion.recording.Fetch');
export const Frame: Codec<Frame> = codec('mullion.recording.Frame');
export const Fault: Codec<Fault> = codec('mullion.recording.Fault');
