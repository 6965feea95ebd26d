/**
 * A service that carries what others say to each other, where the operator has named it for that. What somebody says on
 * a topic comes as a message or a request on it; what this one says on it goes to who subscribes or serves it. A
 * request that is rejected with the name of a failure (`denied`, `timed-out`, ...) fails with that one.
 */
import { CarriedTopics } from "./bus/container";
import { Service } from "./service";
import { Turn } from "./turn";

const TOPICS = "box.topics";

export abstract class ContainerService extends Service {
	receive(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic != TOPICS) return super.receive(topic, payload, turn);
		const topics = CarriedTopics.decode(payload);
		if (topics === null) turn.warn("malformed topics");
		else turn.topics.learn(topics.first, topics.names);
	}
}
