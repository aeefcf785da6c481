//! Writes the module of a domain from its document as OpenAPI 3.0: `generate DOCUMENT MODULE`.

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use quote::{format_ident, quote};
use serde_json::Value;
use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(document), Some(module)) = (arguments.next(), arguments.next()) else {
        return Err("generate DOCUMENT MODULE".into());
    };
    let document: Value = serde_json::from_str(&fs::read_to_string(&document)?)?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder).with_inner_type(quote!(crate::Login)).with_pre_hook_async(quote!(crate::login::authorize));
    let operations = Generator::new(&settings).generate_tokens(&serde_json::from_value(document.clone())?)?;
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let helpers = schemas.filter_map(|(name, schema)| {
        let (name, members) = (format_ident!("{name}"), &schema["properties"]);
        if let (Some(record), true) = (last(&members["data"]["items"]["$ref"]), members.get("next_cursor").is_some()) {
            let record = format_ident!("{record}");
            return Some(quote! {
                impl crate::Page for types::#name {
                    type Record = types::#record;
                    fn parts(self) -> (Vec<Self::Record>, Option<String>) {
                        (self.data, self.next_cursor.0)
                    }
                }
            });
        }
        let is_record = ["id", "revision", "updated_by"].iter().all(|member| members.get(member).is_some());
        is_record.then(|| {
            quote! {
                impl crate::Versioned for types::#name {
                    fn revision(&self) -> u64 {
                        self.revision.get()
                    }
                }
            }
        })
    });
    let file = syn::parse2(quote! { #operations #(#helpers)* })?;
    Ok(fs::write(module, prettyplease::unparse(&file))?)
}

/// The last part of a reference.
fn last(reference: &Value) -> Option<&str> {
    reference.as_str()?.rsplit('/').next()
}
