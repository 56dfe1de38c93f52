import { basename } from 'node:path';
import ts from 'typescript';
import { publicDoc } from './documentation.js';
import { docsOf, edited, isHidden } from './edits.js';

/** @typedef {import('./edits.js').Edit} Edit */

const typedArray = /^(?:Float|Int|Uint|BigInt|BigUint)\d+(?:Clamped)?Array$/;

/**
 * The name of what is not exported, where another has its own: the class Network is the base of what is exported as Network.
 * @param {ts.Symbol} symbol
 */
function otherName({ name, declarations: [declaration] = [] }) {
  if (ts.isClassDeclaration(declaration)) return `${name}Base`;
  const words = basename(declaration.getSourceFile().fileName, '.d.ts').split('-');
  return `${name}Of${words.map((word) => word[0].toUpperCase() + word.slice(1)).join('')}`;
}

/** The declarations that public ones need, each once and under one name, as users may see them. */
export class RollUp {
  #checker;
  #web;
  /** What is public by its name: their constructors stay. @type {Set<ts.Symbol>} */
  #values = new Set();
  /** @type {Map<ts.Symbol, string>} */
  #names = new Map();
  /** @type {Map<string, ts.Symbol>} */
  #taken = new Map();
  /** @type {ts.Symbol[]} */
  #queue = [];
  /** What users get, in an answer or in an argument of a function of theirs. @type {Set<ts.Symbol>} */
  #given = new Set();

  /**
   * @param {ts.TypeChecker} checker
   * @param {ts.Symbol} web the module web.d.ts
   */
  constructor(checker, web) {
    this.#checker = checker;
    this.#web = new Map(checker.getExportsOfModule(web).map((symbol) => [symbol.name, symbol]));
  }

  /** All declarations, but for what exports them. */
  get text() {
    // Each round may find more that users get.
    for (;;) {
      const known = this.#given.size;
      let text = '';
      for (const symbol of this.#queue) text += `${this.#declare(symbol)}\n`;
      if (this.#given.size === known) return text;
    }
  }

  /**
   * @param {ts.Symbol} module an entry
   * @returns {{ name: string, local: string, isValue: boolean }[]} what it exports; `local`: its name in the roll-up
   */
  addEntry(module) {
    return this.#checker.getExportsOfModule(module).map((exported) => {
      const symbol = this.#resolve(exported);
      const isValue = (exported.flags & ts.SymbolFlags.TypeAlias) === 0 && (symbol.flags & ts.SymbolFlags.Value) !== 0;
      if (isValue) this.#values.add(symbol);
      const known = this.#names.get(symbol);
      const local = known ?? this.#nameFor(symbol, this.#taken.has(exported.name) ? symbol.name : exported.name);
      return { name: exported.name, local, isValue };
    });
  }

  /** @param {ts.Symbol} symbol @param {string} name */
  #nameFor(symbol, name) {
    const known = this.#names.get(symbol);
    if (known) return known;
    if (this.#taken.has(name)) throw new Error(`two declarations that the public ones need are named ${name}`);
    this.#taken.set(name, symbol);
    this.#names.set(symbol, name);
    this.#queue.push(symbol);
    return name;
  }

  /**
   * What an import, an export, or a type that only names another stands for.
   * @param {ts.Symbol} symbol
   * @returns {ts.Symbol}
   */
  #resolve(symbol) {
    if (symbol.flags & ts.SymbolFlags.Alias) return this.#resolve(this.#checker.getAliasedSymbol(symbol));
    const declaration = symbol.declarations?.[0];
    if (!declaration || !ts.isTypeAliasDeclaration(declaration) || declaration.typeParameters) return symbol;
    const { type } = declaration;
    const isName = (ts.isTypeReferenceNode(type) || (ts.isImportTypeNode(type) && !type.isTypeOf)) && !type.typeArguments;
    const named = isName && this.#symbolAt(ts.isImportTypeNode(type) ? type.qualifier : type.typeName);
    return named && this.#isOurs(named) ? this.#resolve(named) : symbol;
  }

  /** @param {ts.Node | undefined} name */
  #symbolAt(name) {
    const symbol = name && this.#checker.getSymbolAtLocation(name);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** Of this library, not of TypeScript's or Node's. @param {ts.Symbol} symbol */
  #isOurs(symbol) {
    return symbol.declarations?.some((node) => !/\/node_modules\//.test(node.getSourceFile().fileName)) ?? false;
  }

  /** Does each library since ES2022 have it? @param {ts.Symbol} symbol */
  #isStandard(symbol) {
    return symbol.declarations?.some((node) => /\/lib\.es(5|20(1\d|2[0-2]))\.[\w.]*d\.ts$/.test(node.getSourceFile().fileName));
  }

  /**
   * The name that an entity has in the roll-up, which is told to have it too.
   * @param {ts.Node} node its name where it is used
   * @param {boolean} isGiven to users
   * @returns {string | undefined} as it is
   */
  #nameAt(node, isGiven) {
    const symbol = this.#symbolAt(node);
    if (!symbol?.declarations || symbol.flags & ts.SymbolFlags.TypeParameter) return undefined;
    if (this.#isOurs(symbol)) {
      const target = this.#resolve(symbol);
      if (isGiven) this.#given.add(target);
      return this.#nameFor(target, this.#taken.has(target.name) ? otherName(target) : target.name);
    }
    return this.#isStandard(symbol) ? undefined : this.#webName(node.getText().replaceAll('.', ''));
  }

  /** @param {string} name */
  #webName(name) {
    const symbol = this.#web.get(name);
    if (!symbol) throw new Error(`a public type needs ${name}, which not every project has: describe it in src/types/web.d.ts`);
    return this.#nameFor(symbol, name);
  }

  /** @param {ts.Symbol} symbol */
  #declare(symbol) {
    const declarations = (symbol.declarations ?? []).map((node) =>
      ts.isVariableDeclaration(node) ? /** @type {ts.VariableStatement} */ (node.parent.parent) : node);
    return declarations.map((node) => this.#rewritten(symbol, node)).join('');
  }

  /**
   * @param {ts.Symbol} symbol
   * @param {ts.Node} node
   */
  #rewritten(symbol, node) {
    const name = /** @type {string} */ (this.#names.get(symbol));
    const { text } = node.getSourceFile();
    /** @type {Edit[]} */
    const edits = [];
    this.#visit(node, edits, this.#values.has(symbol), this.#given.has(symbol) || !ts.isTypeAliasDeclaration(node));
    const head = node.getStart();
    const word = /(?:export\s+)?(?:declare\s+)?(?:(abstract\s+)?class|type|interface|function|const|let|var)\s+(\w+)/y;
    word.lastIndex = head;
    const match = word.exec(text);
    if (!match) throw new Error(`cannot roll up the declaration of ${name}: ${text.slice(head, head + 80)}`);
    const keyword = match[0].replace(/^(?:export\s+)?(?:declare\s+)?/, '').replace(/\w+$/, '');
    const declare = /^(?:type|interface)/.test(keyword) ? '' : 'declare ';
    edits.push({ start: head, end: word.lastIndex, text: `${declare}${keyword}${name}` });
    return `${edited(text, edits, docsOf(node)[0]?.pos ?? head, node.end)}\n`;
  }

  /**
   * @param {ts.Node} node
   * @param {Edit[]} edits gets what is to change in it
   * @param {boolean} isValue
   * @param {boolean} isGiven to users, or got from them
   */
  #visit(node, edits, isValue, isGiven) {
    if (ts.isClassElement(node) && (isHidden(node) || (ts.isConstructorDeclaration(node) && !isValue))) {
      edits.push({ start: node.getFullStart(), end: node.end, text: '' });
      return;
    }
    this.#visitDocs(node, edits);
    if (ts.isImportTypeNode(node) && node.qualifier) {
      const name = this.#nameAt(node.qualifier, isGiven);
      edits.push({ start: node.getStart(), end: node.qualifier.end, text: `${node.isTypeOf ? 'typeof ' : ''}${name}` });
    } else if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node) || ts.isTypeQueryNode(node)) {
      const entity = ts.isTypeReferenceNode(node) ? node.typeName : ts.isTypeQueryNode(node) ? node.exprName : node.expression;
      const name = entity.getText();
      if (typedArray.test(name)) {
        edits.push({ start: node.getStart(), end: node.end, text: isGiven ? this.#webName(`${name}OfItsOwn`) : name });
        return;
      }
      const renamed = this.#nameAt(entity, isGiven);
      if (renamed && renamed !== name) edits.push({ start: entity.getStart(), end: entity.end, text: renamed });
    }
    ts.forEachChild(node, (child) => {
      if (ts.isIdentifier(child) || ts.isQualifiedName(child)) return;
      this.#visit(child, edits, isValue, ts.isParameter(child) ? !isGiven : isGiven);
    });
  }

  /**
   * @param {ts.Node} node
   * @param {Edit[]} edits
   */
  #visitDocs(node, edits) {
    const docs = docsOf(node);
    const { text } = node.getSourceFile();
    for (const doc of docs) {
      const indent = text.slice(text.lastIndexOf('\n', doc.pos) + 1, doc.pos).replace(/\S.*/s, '');
      const shown = doc === docs.at(-1) ? publicDoc(doc, indent) : '';
      const after = /** @type {RegExpExecArray} */ (/\s*/y.exec(text.slice(doc.end)))[0].length;
      edits.push({ start: doc.pos, end: shown ? doc.end : doc.end + after, text: shown });
    }
  }
}
