/** A notice as the Notify message that carries it. */

import { type Msg, MsgType, type NotifyRequest } from '../../proto/host/cloud/usp/usp-msg.ts';
import type { Notice } from './notifier.ts';

export function notifyMessage({ messageId, subscriptionId, isRetried, notification }: Notice): Msg {
	const notify: NotifyRequest = { subscriptionId, sendResp: isRetried };
	if (notification.kind === 'event') {
		const { objectPath, name, args } = notification;
		notify.event = { objPath: objectPath, eventName: name, params: args };
	} else {
		const { objectPath, name, commandKey, outcome } = notification;
		notify.operComplete = {
			objPath: objectPath,
			commandName: name,
			commandKey,
			...(outcome.fault === undefined
				? { reqOutputArgs: { outputArgs: outcome.outputs } }
				: { cmdFailure: { errCode: outcome.fault.code, errMsg: outcome.fault.text } }),
		};
	}
	return { header: { msgId: messageId, msgType: MsgType.NOTIFY }, body: { request: { notify } } };
}
