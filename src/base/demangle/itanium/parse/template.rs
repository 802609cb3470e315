//! Template arguments and parameters.

use super::{Node, Parser};
use crate::base::demangle::itanium::node::{Id, List};

impl<'a> Parser<'a> {
    /// `T_`, `T0_`…: a parameter of the template around it. `TL <level> __ …` names one of a template further out.
    pub(super) fn template_parameter(&mut self) -> Option<Id> {
        self.expect(b'T')?;
        if self.eat(b'L') {
            self.number()?;
            self.expect(b'_')?;
        }
        let index = self.sequence_number()?;
        Some(self.add(Node::TemplateParameter(index)))
    }

    /// `I <template-arg>* E`, or `J` for a pack.
    pub(super) fn template_arguments(&mut self) -> Option<Id> {
        if !self.eat(b'I') && !self.eat(b'J') {
            return None;
        }
        self.template_arguments_rest()
    }

    pub(super) fn template_arguments_rest(&mut self) -> Option<Id> {
        // The arguments must not change what a constructor behind them is called. (An empty list has always kept it.)
        let last_name = self.last_name;
        let arguments = self.list(Self::template_arguments_end, Self::template_argument)?;
        self.last_name = last_name;
        Some(self.add(Node::TemplateArguments(arguments)))
    }

    fn template_arguments_end(&mut self) -> bool {
        self.eat(b'E') || (self.peek() == b'Q' && self.trailing_constraint().is_some() && self.eat(b'E'))
    }

    pub(super) fn template_argument(&mut self) -> Option<Id> {
        self.deeper(|this| match this.peek() {
            b'X' => {
                this.at += 1;
                let id = this.expression()?;
                this.expect(b'E')?;
                Some(id)
            }
            b'L' => this.primary_expression(),
            b'I' | b'J' => this.template_arguments(),
            // The kind of the parameter, where the argument alone does not tell which template is meant.
            b'T' if is_parameter_kind(this.peek_at(1)) => {
                this.template_parm()?;
                this.template_argument()
            }
            _ => this.type_(),
        })
    }

    /// `Q <expression>`: what the function or template requires. Not shown.
    pub(super) fn trailing_constraint(&mut self) -> Option<()> {
        if self.eat(b'Q') {
            self.expression()?;
        }
        Some(())
    }

    /// The template parameters that a generic lambda or a template parameter declares, if any.
    pub(super) fn template_head(&mut self) -> Option<Option<List>> {
        if !(self.peek() == b'T' && is_parameter_kind(self.peek_at(1))) {
            return Some(None);
        }
        let is_end = |this: &mut Self| !(this.peek() == b'T' && is_parameter_kind(this.peek_at(1)));
        self.list(is_end, Self::template_parm).map(Some)
    }

    /// `Ty` a type, `Tk <concept>` a constrained type, `Tn <type>` a value, `Tt … E` a template, `Tp …` a pack.
    fn template_parm(&mut self) -> Option<Id> {
        self.deeper(|this| {
            this.expect(b'T')?;
            let node = match this.next() {
                b'y' => Node::TypeParm,
                b'k' => {
                    this.name(true)?;
                    Node::TypeParm
                }
                b'n' => Node::ValueParm(this.type_()?),
                b't' => {
                    let head = this.template_head()??;
                    this.trailing_constraint()?;
                    this.expect(b'E')?;
                    Node::TemplateParm(this.add(Node::Head(head)))
                }
                b'p' => Node::PackParm(this.template_parm()?),
                _ => return None,
            };
            Some(this.add(node))
        })
    }
}

fn is_parameter_kind(byte: u8) -> bool {
    matches!(byte, b'y' | b'k' | b'n' | b't' | b'p')
}
