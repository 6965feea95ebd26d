/** Add: new rows. */

import type {
	AddRequest,
	AddResponse,
	CreatedObjectResult,
	CreateObject,
	ParameterError,
} from '../../../proto/host/cloud/usp/usp-msg.ts';
import type { DataModel } from '../data-model/model.ts';
import { parsePath } from '../data-model/path.ts';
import type { Editor, Params } from '../data-model/provider.ts';
import { faultOf, UspError } from '../error.ts';
import { textsOf } from '../notification.ts';
import { editorOf, type Planned, planned, requireAll, settingsOf } from './edits.ts';

interface EditOptions {
	readonly model: DataModel;
	readonly by: Editor;
}

type New = Planned<{ number: number; uniqueKeys: Params }>;

/** Errors: `PartialError`. */
export async function add(request: AddRequest, options: EditOptions): Promise<AddResponse> {
	const plans: New[] = [];
	for (const object of request.createObjs)
		plans.push(await planned(object.objPath, () => plan({ ...options, object })));
	requireAll(plans, request.allowPartial);
	const createdObjResults: CreatedObjectResult[] = [];
	for (const each of plans) createdObjResults.push(await created(each));
	return { createdObjResults };
}

async function plan({ model, by, object }: EditOptions & { object: CreateObject }) {
	const path = parsePath(object.objPath);
	const [table, ...others] = path.leaf === undefined ? await model.view().resolve(path) : [];
	if (table === undefined || others.length > 0)
		throw new UspError('invalid-path', `"${object.objPath}" has to name one table`);
	if (table.node.row === undefined)
		throw new UspError('object-not-a-table', `"${object.objPath}" is not a table`);
	return editorOf(table, 'object-not-creatable').add(settingsOf(object.paramSettings), by);
}

async function created({ path, plan, fault }: New): Promise<CreatedObjectResult> {
	if (plan === undefined)
		return { requestedPath: path, operStatus: { operFailure: { errCode: fault.code, errMsg: fault.text } } };
	try {
		const { number, uniqueKeys } = await plan.commit();
		const operSuccess = {
			instantiatedPath: `${path.endsWith('.') ? path : `${path}.`}${number}.`,
			paramErrs: paramErrors(plan.failures),
			uniqueKeys: textsOf(uniqueKeys),
		};
		return { requestedPath: path, operStatus: { operSuccess } };
	} catch (error) {
		const { code, text } = faultOf(error, 'object-not-created');
		return { requestedPath: path, operStatus: { operFailure: { errCode: code, errMsg: text } } };
	}
}

export function paramErrors(failures: readonly { param: string; fault: { code: number; text: string } }[]) {
	return failures.map(
		({ param, fault }): ParameterError => ({ param, errCode: fault.code, errMsg: fault.text }),
	);
}
