// The filter language of `ask_if` in the browser: parse, evaluate, say what it depends on.
//
// The twin of codebook/conditions.py, which has the last word. docs/codebook-format.md gives the
// grammar; both are held to fixtures/codebooks/filter_vectors.json. An answer is {state, value} as
// in codebook/values.py; what is not answered yet is undefined or in state "open".

export class ConditionError extends Error {
  // `column` counts characters from 1, as the server does.
  constructor(sentence, column) {
    super(`${sentence} (column ${column})`);
    this.sentence = sentence;
    this.column = column;
  }
}

const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const TOKEN = new RegExp(
  `${SPACE}*(?:(?<number>-?[0-9]+(?:\\.[0-9]+)?)|(?<name>[A-Za-z_][A-Za-z0-9_]*)` +
    `|(?<text>'[^']*'|"[^"]*")|(?<sign>==|!=|<=|>=|<|>|\\(|\\)|\\[|\\]|,))`,
  "dy",
);
const BLANK = new RegExp(`${SPACE}*`, "y");
const LAST_BLANK = new RegExp(`${SPACE}+$`);
const BLANKS = new RegExp(`${SPACE}+`);
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?$/;
const WORDS = new Set(["and", "or", "not", "in", "contains"]);
const SIGNS = {
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};
const MOST_DEEP = 100;

function tokens(text) {
  const column = (at) => [...text.slice(0, at)].length + 1;
  const end = text.replace(LAST_BLANK, "").length;
  const found = [];
  let at = 0;
  while (at < end) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) {
      BLANK.lastIndex = at;
      at += BLANK.exec(text)[0].length;
      const sign = String.fromCodePoint(text.codePointAt(at));
      throw new ConditionError(`“${sign}” does not belong here.`, column(at));
    }
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    found.push({ kind, text: match.groups[kind], column: column(match.indices.groups[kind][0]) });
    at = TOKEN.lastIndex;
  }
  found.push({ kind: "end", text: "", column: column(text.length) });
  return found;
}

/** The condition that a filter's text says, as nested arrays. Throws ConditionError. */
export function parse(text) {
  const all = tokens(text);
  let at = 0;
  let depth = 0;

  const found = () => (all[at].text ? `“${all[at].text}”` : "the end");
  const refuse = (sentence) => {
    throw new ConditionError(sentence, all[at].column);
  };
  // A sign or a word itself, of everything else the kind.
  const peek = () =>
    all[at].kind === "sign" || WORDS.has(all[at].text) ? all[at].text : all[at].kind;
  const take = (...wanted) => {
    if (!wanted.includes(peek())) refuse(`Expected ${wanted.join(" or ")}, found ${found()}.`);
    return all[at++].text;
  };
  const descend = (sign) => {
    depth += 1;
    if (depth > MOST_DEEP) refuse(`More than ${MOST_DEEP} brackets and “not” stand inside each other.`);
    take(sign);
  };
  const joined = (word, part) => {
    const parts = [part()];
    while (peek() === word) {
      take(word);
      parts.push(part());
    }
    return parts.length === 1 ? parts[0] : [word, ...parts];
  };
  const either = () => joined("or", () => joined("and", one));

  function one() {
    if (peek() === "not") {
      descend("not");
      const part = one();
      depth -= 1;
      return ["not", part];
    }
    if (peek() === "(") {
      descend("(");
      const inner = either();
      take(")");
      depth -= 1;
      return inner;
    }
    if (peek() === "contains") {
      take("contains");
      take("(");
      const variable = name();
      take(",");
      const code = { number: take("number") };
      take(")");
      return ["contains", variable, code];
    }
    return comparison();
  }

  function name() {
    if (peek() !== "name") refuse(`Expected the name of a variable, found ${found()}.`);
    return all[at++].text;
  }

  function comparison() {
    const variable = name();
    const isNegated = peek() === "not";
    if (isNegated) take("not");
    if (!isNegated && peek() !== "in") return [take(...Object.keys(SIGNS)), variable, literal()];
    take("in");
    take("[");
    const literals = [literal()];
    while (peek() === ",") {
      take(",");
      literals.push(literal());
    }
    take("]");
    return [isNegated ? "not in" : "in", variable, literals];
  }

  function literal() {
    const { kind } = all[at];
    const words = take("number", "text");
    return kind === "number" ? { number: words } : { text: words.slice(1, -1) };
  }

  const condition = either();
  take("end");
  return condition;
}

/** Whether a condition holds: true, false, or null while that depends on an open question.
 * `answers` is a Map from the name of a variable to its answer. */
export function evaluate(condition, answers) {
  const [sign, ...rest] = condition;
  if (sign === "not") {
    const inner = evaluate(rest[0], answers);
    return inner === null ? null : !inner;
  }
  if (sign === "and" || sign === "or") {
    const results = rest.map((part) => evaluate(part, answers));
    const decisive = sign === "or";
    if (results.includes(decisive)) return decisive;
    return results.includes(null) ? null : !decisive;
  }
  const answer = answers.get(rest[0]);
  if (!answer || answer.state === "open") return null;
  return holds(condition, answer);
}

function holds([sign, , wanted], { state, value }) {
  if (state === "not_applicable") return false;
  const isMissing = state === "missing";
  if (sign === "contains") {
    return !isMissing && value.split(BLANKS).some((code) => isEqual(code, wanted));
  }
  if (sign === "in" || sign === "not in") {
    const isNegated = sign === "not in";
    const isInside = wanted.some((literal) => isEqual(value, literal));
    // Only a list that names a missing code speaks about missing codes.
    return isMissing ? isInside && !isNegated : isInside !== isNegated;
  }
  if (sign === "==") return isEqual(value, wanted);
  if (isMissing) return false;
  if (sign === "!=") return !isEqual(value, wanted);
  const order = compare(value, wanted);
  return order !== null && SIGNS[sign](order);
}

function isEqual(value, literal) {
  return compare(value, literal) === 0;
}

// Below, equal or above: -1, 0, 1; null where an answer that is no number meets a number.
function compare(value, literal) {
  if ("text" in literal) return inOrder([...value].map(point), [...literal.text].map(point));
  if (!NUMBER.test(value)) return null;
  // Exactly, as the server does: a float would take 0.1 and 0.10000000000000001 for one.
  const [one, other] = [value, literal.number].map((text) => text.split("."));
  const places = Math.max(one[1]?.length ?? 0, other[1]?.length ?? 0);
  const whole = ([head, tail = ""]) => BigInt(head + tail.padEnd(places, "0"));
  return inOrder([whole(one)], [whole(other)]);
}

const point = (character) => character.codePointAt(0);

function inOrder(one, other) {
  for (let at = 0; at < one.length && at < other.length; at += 1) {
    if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
  }
  return Math.sign(one.length - other.length);
}

/** The names of the variables that a condition reads. */
export function dependencies(condition) {
  const [sign, ...rest] = condition;
  if (!["not", "and", "or"].includes(sign)) return new Set([rest[0]]);
  return new Set(rest.flatMap((part) => [...dependencies(part)]));
}
