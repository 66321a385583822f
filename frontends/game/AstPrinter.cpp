//===- AstPrinter.cpp - a syntax tree as text -----------------------------===//

#include "frontends/game/AstPrinter.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"

using namespace gan::gamelang;
using llvm::interleave;
using llvm::raw_ostream;

namespace {

void printString(raw_ostream &os, llvm::StringRef text) {
  os << '"';
  os.write_escaped(text);
  os << '"';
}

void printIdentifier(raw_ostream &os, const Identifier &name) {
  if (name.quoted)
    printString(os, name.text);
  else
    os << name.text;
}

void printNumber(raw_ostream &os, double value) {
  os << llvm::format("%.9g", value);
}

void printArgument(raw_ostream &os, const Argument &argument) {
  if (argument.name) {
    printIdentifier(os, argument.name);
    os << '=';
  }
  printExpression(os, *argument.value);
  if (argument.list) {
    os << " for " << argument.variable.text << " in ";
    printExpression(os, *argument.list);
  }
}

void printArguments(raw_ostream &os, const std::vector<Argument> &arguments) {
  os << '(';
  interleave(
      arguments, os, [&](const Argument &a) { printArgument(os, a); }, ", ");
  os << ')';
}

void printCall(raw_ostream &os, const CallExpression &call) {
  os << "(call ";
  printExpression(os, *call.callee);
  for (const Argument &argument : call.arguments) {
    os << ' ';
    printArgument(os, argument);
  }
  for (const ModeSetting &setting : call.settings)
    os << " ;" << setting.name.text << '=' << setting.value.text;
  os << ')';
}

/// Walks the items and statements; each line is one node.
class Printer {
public:
  Printer(raw_ostream &os, const SourceFile *ranges) : os(os), ranges(ranges) {}

  void print(const Game &game) {
    os << "game " << game.name.text << '\n';
    ++depth;
    for (const ItemPtr &item : game.items)
      print(*item);
  }

private:
  template <typename Words> void line(SourceRange range, Words words) {
    os.indent(2 * depth);
    words();
    if (ranges) {
      SourcePosition begin = ranges->position(range.begin);
      SourcePosition end = ranges->position(range.end);
      os << " @ " << begin.line << ':' << begin.column << '-' << end.line << ':'
         << end.column;
    }
    os << '\n';
  }

  template <typename Function> void indented(Function print) {
    ++depth;
    print();
    --depth;
  }

  void print(const Item &item);
  void print(const NetworkAttribute &attribute);
  void print(const Statement &statement);
  void print(const BlockStatement &block) {
    for (const StatementPtr &statement : block.statements)
      print(*statement);
  }
  void printPath(const Path &path) {
    os << path.base.text;
    if (path.pattern) {
      os << '.';
      printString(os, path.pattern.text);
    }
  }
  void printType(const TypeExpression &type) {
    os << type.element.text << '[';
    interleave(
        type.dimensions, os,
        [&](const Dimension &dimension) {
          if (!dimension.isBatch)
            printExpression(os, *dimension.size);
          else
            os << 'B' << (dimension.stream ? "." : "") << dimension.stream.text;
        },
        ", ");
    os << ']';
  }
  void printInterval(const Interval &interval) {
    os << '(';
    printExpression(os, *interval.low);
    os << ", ";
    printExpression(os, *interval.high);
    os << ')';
  }
  void printPart(llvm::StringRef word, const ExpressionPtr &part) {
    if (!part)
      return;
    os << ' ' << word << ' ';
    printExpression(os, *part);
  }
  void printScope(const Identifier &scope) {
    if (scope)
      os << " per " << scope.text;
  }

  raw_ostream &os;
  const SourceFile *ranges;
  unsigned depth = 0;
};

void Printer::print(const NetworkAttribute &attribute) {
  using Kind = NetworkAttribute::Kind;
  line(attribute.range, [&] {
    switch (attribute.kind) {
    case Kind::Frozen:
      os << "frozen";
      return;
    case Kind::Init:
      os << "init " << attribute.name.text;
      printArguments(os, attribute.arguments);
      if (attribute.pattern) {
        os << " for ";
        printString(os, attribute.pattern.text);
      }
      return;
    case Kind::With:
      os << "with " << attribute.name.text << ' ';
      printString(os, attribute.pattern.text);
      if (!attribute.arguments.empty())
        printArguments(os, attribute.arguments);
      return;
    case Kind::Variance:
      os << "variance " << attribute.name.text;
      return;
    case Kind::Trainable:
    case Kind::Constant:
      os << (attribute.kind == Kind::Trainable ? "trainable " : "constant ");
      printString(os, attribute.pattern.text);
      return;
    case Kind::Share:
      os << "share ";
      printPath(attribute.from);
      os << " as ";
      printPath(attribute.to);
      return;
    case Kind::Tap:
      os << "tap " << attribute.name.text << " = ";
      printString(os, attribute.pattern.text);
      return;
    }
  });
}

void Printer::print(const Item &item) {
  auto words = [&] {
    llvm::TypeSwitch<const Item *>(&item)
        .Case([&](const ConstItem *c) {
          os << "const " << c->name.text << " = ";
          printExpression(os, *c->value);
        })
        .Case([&](const OptionItem *o) {
          os << "option " << o->name.text << " = ";
          printExpression(os, *o->value);
          if (o->interval) {
            os << " in ";
            printInterval(*o->interval);
          }
          if (o->help) {
            os << ' ';
            printString(os, o->help.text);
          }
        })
        .Case([&](const NetworkItem *n) {
          os << "network " << n->name.text << " = onnx ";
          printString(os, n->file.text);
        })
        .Case([&](const DataItem *d) {
          os << "data " << d->name.text << " : ";
          printType(d->type);
          if (d->interval) {
            os << " range ";
            printInterval(*d->interval);
          }
          printPart("batch", d->batch);
          if (d->pairs)
            os << " pairs " << d->pairs.text;
          printScope(d->scope);
        })
        .Case([&](const SampleItem *s) {
          os << "sample " << s->name.text << " : ";
          printType(s->type);
          os << " ~ " << s->distribution.text;
          printArguments(os, s->arguments);
          printScope(s->scope);
        })
        .Case([&](const VariableItem *v) {
          os << "variable " << v->name.text << " : ";
          printType(v->type);
          printPart("=", v->value);
        })
        .Case([&](const StateItem *s) {
          os << "state " << s->name.text << " : ";
          printType(s->type);
          printPart("=", s->value);
        })
        .Case([&](const PlayerItem *p) {
          os << "player " << p->name.text << " trains ";
          interleave(
              p->paths, os, [&](const Path &path) { printPath(path); }, ", ");
          os << " with " << p->optimiser.text;
          printArguments(os, p->arguments);
          for (const Postprocess &post : p->postprocesses) {
            os << " then " << post.name.text;
            if (post.amount) {
              os << ' ';
              printExpression(os, *post.amount);
            }
          }
          os << (p->shared ? " shared" : "");
        })
        .Case([&](const PoolItem *p) {
          os << "pool " << p->name.text;
          printPart("of", p->size);
          printPart("probability", p->probability);
        })
        .Case([&](const AugmentItem *a) {
          os << "augment " << a->name.text << " = ";
          interleave(
              a->steps, os,
              [&](const AugmentStep &step) {
                os << step.name.text;
                printArguments(os, step.arguments);
              },
              " then ");
        })
        .Case([&](const DefItem *d) {
          os << "def " << d->name.text << '(';
          interleave(
              d->parameters, os, [&](const Identifier &p) { os << p.text; },
              ", ");
          os << ')';
          printPart("=", d->body);
        })
        .Case([&](const EmaItem *e) {
          os << "ema " << e->name.text << " of " << e->source.text;
          printPart("decay", e->decay);
          printPart("from", e->from);
        })
        .Case([&](const StepItem *) { os << "step"; })
        .Case([&](const ShowItem *s) {
          os << "show " << s->name.text;
          printPart("=", s->value);
        })
        .Case([&](const ReportItem *r) {
          os << "report " << r->name.text;
          printPart("=", r->value);
        })
        .Case([&](const ExportItem *e) {
          os << "export " << e->name.text << " as ";
          printString(os, e->file.text);
        })
        .Case([&](const AllowItem *a) { os << "allow " << a->name.text; })
        .Case([&](const StageItem *s) {
          os << "stage " << s->name.text;
          printPart("for", s->duration);
        });
  };
  line(item.range, words);
  indented([&] {
    if (const auto *network = llvm::dyn_cast<NetworkItem>(&item))
      for (const NetworkAttribute &attribute : network->attributes)
        print(attribute);
    if (const auto *step = llvm::dyn_cast<StepItem>(&item))
      print(*step->body);
    if (const auto *stage = llvm::dyn_cast<StageItem>(&item))
      for (const ItemPtr &inner : stage->items)
        print(*inner);
  });
}

void Printer::print(const Statement &statement) {
  auto words = [&] {
    llvm::TypeSwitch<const Statement *>(&statement)
        .Case([&](const LetStatement *l) {
          os << "let " << l->name.text;
          printPart("=", l->value);
        })
        .Case([&](const AssignStatement *a) {
          os << a->name.text;
          printPart(":=", a->value);
        })
        .Case([&](const DrawStatement *d) {
          os << "draw ";
          interleave(
              d->names, os, [&](const Identifier &n) { os << n.text; }, ", ");
        })
        .Case([&](const UpdateStatement *u) {
          os << u->player.text;
          printPart(u->maximises ? "maximises" : "minimises", u->objective);
          os << (u->trackAll ? " track all" : "");
          llvm::StringRef word = "where";
          for (const WhereBinding &binding : u->bindings) {
            os << ' ' << word << ' ' << binding.name.text;
            printPart("=", binding.value);
            word = "and";
          }
        })
        .Case([&](const BlockStatement *) { os << "block"; })
        .Case([&](const ReportStatement *r) {
          os << "report " << r->name.text;
          printPart("=", r->value);
        })
        .Case([&](const RepeatStatement *r) {
          os << "repeat ";
          printExpression(os, *r->count);
        })
        .Case([&](const TogetherStatement *) { os << "together"; })
        .Case([&](const EveryStatement *e) {
          os << "every ";
          printExpression(os, *e->interval);
          printPart("gain", e->gain);
        })
        .Case([&](const WhenStatement *w) {
          os << "when ";
          printExpression(os, *w->condition);
        })
        .Case([&](const AccumulateStatement *a) {
          os << "accumulate ";
          printExpression(os, *a->passes);
        });
  };
  line(statement.range, words);
  indented([&] {
    llvm::TypeSwitch<const Statement *>(&statement)
        .Case([&](const BlockStatement *b) { print(*b); })
        .Case([&](const RepeatStatement *r) { print(*r->body); })
        .Case([&](const TogetherStatement *t) {
          for (const auto &update : t->updates)
            print(static_cast<const Statement &>(*update));
        })
        .Case([&](const EveryStatement *e) { print(*e->body); })
        .Case([&](const WhenStatement *w) { print(*w->body); })
        .Case([&](const AccumulateStatement *a) { print(*a->body); })
        .Default([](const Statement *) {});
  });
}
} // namespace

void gan::gamelang::printExpression(raw_ostream &os,
                                    const Expression &expression) {
  llvm::TypeSwitch<const Expression *>(&expression)
      .Case([&](const NumberExpression *n) { printNumber(os, n->value); })
      .Case([&](const StringExpression *s) { printString(os, s->value); })
      .Case([&](const BooleanExpression *b) {
        os << (b->value ? "true" : "false");
      })
      .Case([&](const NameExpression *n) { os << n->name; })
      .Case([&](const ListExpression *l) {
        os << '[';
        interleave(
            l->elements, os,
            [&](const ExpressionPtr &e) { printExpression(os, *e); }, ", ");
        os << ']';
      })
      .Case([&](const ExpectationExpression *e) {
        os << "(E ";
        printExpression(os, *e->operand);
        os << ')';
      })
      .Case([&](const UnaryExpression *u) {
        os << (u->op == UnaryOperator::Not ? "(not " : "(- ");
        printExpression(os, *u->operand);
        os << ')';
      })
      .Case([&](const BinaryExpression *b) {
        os << '(' << spelling(b->op) << ' ';
        printExpression(os, *b->left);
        os << ' ';
        printExpression(os, *b->right);
        os << ')';
      })
      .Case([&](const ConditionalExpression *c) {
        os << "(? ";
        printExpression(os, *c->condition);
        os << ' ';
        printExpression(os, *c->whenTrue);
        os << ' ';
        printExpression(os, *c->whenFalse);
        os << ')';
      })
      .Case([&](const CallExpression *c) { printCall(os, *c); })
      .Case([&](const IndexExpression *i) {
        os << "(index ";
        printExpression(os, *i->base);
        os << ' ';
        printExpression(os, *i->index);
        os << ')';
      })
      .Case([&](const MemberExpression *m) {
        os << "(member ";
        printExpression(os, *m->base);
        os << ' ';
        printIdentifier(os, m->member);
        os << ')';
      });
}

void gan::gamelang::printAst(raw_ostream &os, const Game &game,
                             const SourceFile *ranges) {
  Printer(os, ranges).print(game);
}
