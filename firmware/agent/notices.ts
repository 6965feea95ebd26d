/** From something that happened to the notices of everybody who subscribed to it. */
import type { Clock } from '../../runtime/clock.ts';
import type { EventSink, ObjectEvent } from './data-model/provider.ts';
import type { Notification } from './notification.ts';
import { eventNotification } from './notification.ts';
import { type Notice, type Notifier, noticeOf } from './notifier.ts';
import type { Subscriptions } from './subscriptions.ts';

interface NoticesOptions {
	readonly subscriptions: Subscriptions;
	readonly notifier: Notifier;
	readonly clock: Clock;
}

export class Notices implements EventSink {
	readonly #subscriptions: Subscriptions;
	readonly #notifier: Notifier;
	readonly #clock: Clock;
	readonly #run: string;
	#count = 0;

	constructor({ subscriptions, notifier, clock }: NoticesOptions) {
		this.#subscriptions = subscriptions;
		this.#notifier = notifier;
		this.#clock = clock;
		this.#run = clock.now().toString(36);
	}

	emit(event: ObjectEvent): void {
		const notices = this.noticesOf(eventNotification(event), `event-${this.#run}-${this.#count++}`);
		this.#notifier.post(notices, { isKept: false });
	}

	whenWanted(objectPath: string, name: string, changed: (isWanted: boolean) => void): () => void {
		let wasWanted = false;
		const look = () => {
			const isWanted = this.#subscriptions.of({ notifType: 'Event', objectPath, name }).length > 0;
			if (isWanted === wasWanted) return;
			wasWanted = isWanted;
			changed(isWanted);
		};
		look();
		return this.#subscriptions.onChange(look);
	}

	/** One notice for each subscription; their ids are made of `idStem` and so are the same each time. */
	noticesOf(notification: Notification, idStem: string): Notice[] {
		const { objectPath, name } = notification;
		const notifType = notification.kind === 'event' ? 'Event' : 'OperationComplete';
		return this.#subscriptions.of({ notifType, objectPath, name }).map((subscription) =>
			noticeOf({
				subscription,
				notification,
				messageId: `${idStem}-${subscription.number}`,
				now: this.#clock.now(),
			}),
		);
	}
}
