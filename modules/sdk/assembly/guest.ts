/** What the platform calls: hands the events of a turn to the service, one by one. */
import { err, ok, Result } from "./wit/abi";
import {
	Effect,
	Event,
	EventAnswer,
	EventChunk,
	EventMessage,
	EventSink,
	EventStreamEnded,
	EventTag,
	EventTimer,
	Init,
} from "./wit/types";
import { Service } from "./service";
import { Timers } from "./timers";
import { Topics } from "./topics";
import { Turn } from "./turn";

let served: Service | null = null;
let current: Turn | null = null;

/** Makes `service` the one that this module is. Call it once, at the end of `assembly/index.ts`. */
export function serve(service: Service): void {
	served = service;
}

export function start(now: u64, init: Init): Result<Effect[], string> {
	const service = served;
	if (service === null) return err<Effect[], string>("no service: call serve() at the end of assembly/index.ts");
	const turn = new Turn(init.vm, init.config, init.baseband, new Topics(init.topics), new Timers());
	current = turn;
	turn.begin(now);
	service.start(turn);
	return ok<Effect[], string>(turn.end());
}

export function turn(now: u64, inbox: Event[]): Result<Effect[], string> {
	const service = served;
	const turn = current;
	if (service === null || turn === null) return err<Effect[], string>("a turn before start");
	turn.begin(now);
	for (let i = 0; i < inbox.length; i++) dispatch(unchecked(inbox[i]), service, turn);
	service.flush(turn);
	return ok<Effect[], string>(turn.end());
}

function dispatch(event: Event, service: Service, turn: Turn): void {
	switch (event.tag) {
		case EventTag.Message: {
			const message = (event as EventMessage).value;
			turn.correlation = message.correlation;
			service.receive(turn.topics.nameOf(message.topic), message.payload, turn);
			turn.correlation = 0;
			break;
		}
		case EventTag.Answer: {
			const answer = (event as EventAnswer).value;
			const outcome = answer.outcome;
			if (outcome.isOk) service.answer(answer.correlation, outcome.value, turn);
			else service.failed(answer.correlation, outcome.error, turn);
			break;
		}
		case EventTag.Timer: {
			const name = turn.timers.expire((event as EventTimer).value);
			if (name !== null) service.timer(name, turn);
			break;
		}
		case EventTag.Chunk: {
			const chunk = (event as EventChunk).value;
			service.chunk(chunk.stream, chunk.offset, chunk.bytes, turn);
			break;
		}
		case EventTag.StreamEnded: {
			const end = (event as EventStreamEnded).value;
			const outcome = end.outcome;
			if (outcome.isOk) service.streamEnded(end.stream, outcome.value, turn);
			else service.streamFailed(end.stream, outcome.error, turn);
			break;
		}
		case EventTag.Sink: {
			const report = (event as EventSink).value;
			service.sink(report.nextSequence, report.at, report.buffered, turn);
			break;
		}
	}
}
