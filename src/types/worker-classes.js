// worker-classes.js: writes out the methods of the classes whose methods are made from a table, as those of a Worker are. Their
// types are computed from the table, which is nothing for users to see.
import ts from 'typescript';
import { docsOf, edited, isHidden } from './edits.js';

const { factory } = ts;
const printer = ts.createPrinter({ removeComments: true });

/**
 * TypeScript adds undefined to the type of each parameter that may be left out.
 * @param {ts.ParameterDeclaration} parameter
 */
function withoutUndefined(parameter) {
  const { type, questionToken } = parameter;
  if (!questionToken || !type || !ts.isUnionTypeNode(type)) return parameter;
  const types = type.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword)
    .map((one) => (ts.isParenthesizedTypeNode(one) ? one.type : one));
  return factory.createParameterDeclaration(parameter.modifiers, parameter.dotDotDotToken, parameter.name, questionToken,
    types.length === 1 ? types[0] : factory.createUnionTypeNode(types));
}

/**
 * A member as it would be declared in the class.
 * @param {ts.TypeChecker} checker
 * @param {ts.Symbol} member
 * @param {ts.Declaration} declaration
 * @param {ts.ClassDeclaration} where
 */
function written(checker, member, declaration, where) {
  const name = /** @type {ts.PropertyName} */ (ts.getNameOfDeclaration(declaration));
  const type = checker.typeToTypeNode(checker.getTypeOfSymbolAtLocation(member, where), where, ts.NodeBuilderFlags.NoTruncation);
  const node = type && ts.isFunctionTypeNode(type)
    ? factory.createMethodSignature(undefined, name, undefined, type.typeParameters, type.parameters.map(withoutUndefined), type.type)
    : factory.createPropertySignature([factory.createModifier(ts.SyntaxKind.ReadonlyKeyword)], name, undefined, type);
  const doc = docsOf(declaration).at(-1)?.getText() ?? '';
  return `    ${doc}\n    ${printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile())}\n`;
}

/** What withTraining adds for the classes that it makes, and for nobody else: no mark can stand in its type. */
const inner = new Set(['trainsBy', 'assertTrainable']);

/**
 * The class to which a mixin adds what this one writes out itself, as training to a model.
 * @param {ts.TypeChecker} checker
 * @param {ts.ClassDeclaration} node
 * @returns {string | undefined}
 */
function classIn(checker, node) {
  const [base] = checker.getBaseTypes(/** @type {ts.InterfaceType} */ (checker.getTypeAtLocation(node)));
  // What withTraining adds each model writes out with a doc of its own; what a Worker's table adds, nobody.
  if (!base?.isIntersection() || !base.getProperty('trainsBy')) return undefined;
  const known = base.types.find(({ symbol }) => symbol && (symbol.flags & ts.SymbolFlags.Class) !== 0);
  return known && checker.typeToString(known, node, ts.TypeFormatFlags.NoTruncation);
}

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.SourceFile} file
 * @returns {string} its text, with the methods in their classes
 */
export function withMethodsWritten(checker, file) {
  const edits = file.statements.filter(ts.isClassDeclaration).flatMap((node) => {
    const heritage = node.heritageClauses?.[0];
    if (!heritage) return [];
    const base = checker.getSymbolAtLocation(heritage.types[0].expression)?.valueDeclaration;
    if (!base || base.getSourceFile() !== file || ts.isClassDeclaration(base)) return [];
    const known = classIn(checker, node);
    if (known) return [{ start: heritage.getFullStart(), end: heritage.end, text: ` extends ${known}` }];
    const own = new Set(node.members.map((member) => member.name?.getText()));
    const bases = checker.getBaseTypes(/** @type {ts.InterfaceType} */ (checker.getTypeAtLocation(node)));
    // What a mixin adds to a class is written in the class that extends it; the class itself stays its base.
    const parts = bases.flatMap((type) => (/** @type {ts.BaseType} */ (type).isIntersection() ? type.types : [type]));
    const kept = parts.find(({ symbol }) => symbol?.valueDeclaration && ts.isClassDeclaration(symbol.valueDeclaration)
      && !symbol.name.startsWith('Worker'));
    const inherited = new Set(kept && checker.getPropertiesOfType(kept).map(({ name }) => name));
    const members = bases.flatMap((type) => checker.getPropertiesOfType(type))
      .filter(({ name }) => !inherited.has(name) && !inner.has(name))
      .flatMap((member) => {
        const declaration = member.declarations?.[0];
        const name = declaration && ts.getNameOfDeclaration(declaration);
        if (!name || ts.isPrivateIdentifier(name) || own.has(name.getText()) || isHidden(declaration)) return [];
        return [written(checker, member, declaration, node)];
      });
    return [
      { start: heritage.getFullStart(), end: heritage.end,
        text: kept ? ` extends ${checker.typeToString(kept, node, ts.TypeFormatFlags.NoTruncation)}` : '' },
      { start: node.end - 1, end: node.end - 1, text: members.join('') },
    ];
  });
  return edited(file.text, edits);
}
