/** Get: the values of parameters. */

import type {
	GetRequest,
	GetResponse,
	RequestedPathResult,
	ResolvedPathResult,
} from '../../../proto/host/cloud/usp/usp-msg.ts';
import type { DataModel } from '../data-model/model.ts';
import { parsePath } from '../data-model/path.ts';
import type { Params } from '../data-model/provider.ts';
import type { Place, View } from '../data-model/view.ts';
import { faultOf, UspError } from '../error.ts';
import { textsOf } from '../notification.ts';
import { AnswerSize } from './answer-size.ts';

/** Errors: `resources-exceeded` where the values would not fit into one answer. */
export async function get({ paramPaths, maxDepth }: GetRequest, model: DataModel): Promise<GetResponse> {
	const view = model.view();
	const size = new AnswerSize();
	const reqPathResults: RequestedPathResult[] = [];
	for (const path of paramPaths) {
		const result = await answer({ view, path, maxDepth });
		size.add(path, result.errMsg);
		for (const { resolvedPath, resultParams } of result.resolvedPathResults)
			size.add(resolvedPath, ...Object.entries(resultParams).flat());
		reqPathResults.push(result);
	}
	return { reqPathResults };
}

async function answer(options: { view: View; path: string; maxDepth: number }): Promise<RequestedPathResult> {
	const { view, path, maxDepth } = options;
	const empty = { requestedPath: path, errCode: 0, errMsg: '', resolvedPathResults: [] };
	try {
		return { ...empty, resolvedPathResults: await values({ view, path, maxDepth }) };
	} catch (error) {
		const { code, text } = faultOf(error, 'internal-error');
		// R-GET.0: in a Get a missing instance is an invalid path too.
		return { ...empty, errCode: code === 7016 ? 7026 : code, errMsg: text };
	}
}

async function values(options: {
	view: View;
	path: string;
	maxDepth: number;
}): Promise<ResolvedPathResult[]> {
	const { view, maxDepth } = options;
	const path = parsePath(options.path);
	const { leaf } = path;
	if (leaf === undefined) return objects({ view, places: await view.resolveObjects(path), maxDepth });
	const places = await view.resolve(path);
	const results: ResolvedPathResult[] = [];
	for (const place of places) {
		const params = place.node.row === undefined ? await view.params(place) : {};
		const value = Object.hasOwn(params, leaf) ? params[leaf] : undefined;
		if (value !== undefined) results.push(resolved(place, { [leaf]: value }));
	}
	// R-GET.1a: a search without result is no error; a name that nothing found has is.
	if (places.length > 0 && results.length === 0)
		throw new UspError('invalid-path', `the box has no parameter "${path.text}"`);
	return results;
}

async function objects(options: {
	view: View;
	places: Place[];
	maxDepth: number;
}): Promise<ResolvedPathResult[]> {
	const { view, maxDepth } = options;
	const results: ResolvedPathResult[] = [];
	let level = options.places;
	// R-GET.5: 0 is without limit.
	for (let depth = 1; level.length > 0 && (maxDepth === 0 || depth <= maxDepth); depth++) {
		const next: Place[] = [];
		for (const place of level) {
			const params = await view.params(place);
			if (Object.keys(params).length > 0) results.push(resolved(place, params));
			next.push(...(await view.below(place)));
		}
		level = next;
	}
	return results;
}

function resolved({ path }: Place, params: Params): ResolvedPathResult {
	return { resolvedPath: path, resultParams: textsOf(params) };
}
