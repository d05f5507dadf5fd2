import { isObject, type JsonValue, sameJson } from '../base/json.ts';

/** A value of an expression; `undefined` for a field that is not there. */
type Value = JsonValue | undefined;
type Variables = Readonly<Record<string, Value>>;
type Node = (variables: Variables) => Value;

/** An expression of CEL, of the part that the sandbox understands. */
export interface Expression {
  /** @throws nothing: a comparison with an absent field is false, as a failed rule is */
  readonly evaluate: (variables: Variables) => Value;
  readonly mentions: (variable: string) => boolean;
}

/**
 * Compiles the part of CEL that rules about fields need: paths, `has()`, `size()`, comparisons, `&&`, `||`, `!`,
 * parentheses and literals. `undefined` for anything else.
 */
export function compileExpression(text: string): Expression | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const parser = new Parser(tokens);
  const node = parser.whole();
  return node === undefined
    ? undefined
    : { evaluate: node, mentions: (variable) => tokens.some((token) => token === variable) };
}

const TOKEN = /\s*(&&|\|\||==|!=|>=|<=|[!<>().]|\d+|'[^'\\]*'|"[^"\\]*"|[A-Za-z_]\w*)/y;

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (const end = text.trimEnd().length; TOKEN.lastIndex < end; ) {
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

const COMPARISONS: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  '==': (left, right) => sameJson(left, right),
  '!=': (left, right) => !sameJson(left, right),
  '>=': (left, right) => ordered(left, right, (order) => order >= 0),
  '<=': (left, right) => ordered(left, right, (order) => order <= 0),
  '>': (left, right) => ordered(left, right, (order) => order > 0),
  '<': (left, right) => ordered(left, right, (order) => order < 0),
};

function ordered(left: Value, right: Value, accept: (order: number) => boolean): boolean {
  if (typeof left === 'number' && typeof right === 'number') return accept(left - right);
  if (typeof left === 'string' && typeof right === 'string') return accept(left < right ? -1 : Number(left > right));
  return false;
}

/** Recursive descent; a method returns `undefined` where the text is beyond it. */
class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): Node | undefined {
    const node = this.#either();
    return this.#at === this.#tokens.length ? node : undefined;
  }

  #either(): Node | undefined {
    return this.#chain(
      '||',
      () => this.#both(),
      (left, right) => (scope) => left(scope) === true || right(scope) === true,
    );
  }

  #both(): Node | undefined {
    return this.#chain(
      '&&',
      () => this.#comparison(),
      (left, right) => (scope) => left(scope) === true && right(scope) === true,
    );
  }

  #chain(operator: string, next: () => Node | undefined, join: (left: Node, right: Node) => Node): Node | undefined {
    let left = next();
    while (left !== undefined && this.#take(operator)) {
      const right = next();
      left = right === undefined ? undefined : join(left, right);
    }
    return left;
  }

  #comparison(): Node | undefined {
    const left = this.#unary();
    const compare = COMPARISONS[this.#tokens[this.#at] ?? ''];
    if (left === undefined || compare === undefined) return left;
    this.#at += 1;
    const right = this.#unary();
    return right === undefined ? undefined : (scope) => compare(left(scope), right(scope));
  }

  #unary(): Node | undefined {
    if (this.#take('!')) {
      const inner = this.#unary();
      return inner === undefined ? undefined : (scope) => inner(scope) !== true;
    }
    if (this.#take('(')) {
      const inner = this.#either();
      return this.#take(')') ? inner : undefined;
    }
    return this.#call('has', (value) => value !== undefined) ?? this.#call('size', sizeOf) ?? this.#operand();
  }

  #call(name: string, compute: (value: Value) => Value): Node | undefined {
    if (this.#tokens[this.#at] !== name || this.#tokens[this.#at + 1] !== '(') return undefined;
    this.#at += 2;
    const inner = this.#operand();
    return inner !== undefined && this.#take(')') ? (scope) => compute(inner(scope)) : undefined;
  }

  #operand(): Node | undefined {
    const token = this.#tokens[this.#at] ?? '';
    this.#at += 1;
    if (/^\d/.test(token)) return () => Number(token);
    if (/^['"]/.test(token)) return () => token.slice(1, -1);
    if (token === 'true' || token === 'false') return () => token === 'true';
    return /^[A-Za-z_]/.test(token) ? this.#path(token) : undefined;
  }

  #path(variable: string): Node | undefined {
    const fields: string[] = [];
    while (this.#take('.')) {
      const field = this.#tokens[this.#at] ?? '';
      if (!/^[A-Za-z_]/.test(field)) return undefined;
      this.#at += 1;
      fields.push(field);
    }
    if (this.#tokens[this.#at] === '(') return undefined; // a function or method that is not known here
    return (scope) =>
      fields.reduce<Value>((value, field) => (isObject(value) ? value[field] : undefined), scope[variable]);
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }
}

function sizeOf(value: Value): Value {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}
