//! Importing a bill of materials: its components become products, releases and, on a target, installations.

use super::host::HOSTS;
use super::installation::Installation;
use super::software_product::{SoftwareKind, SoftwareProduct};
use super::software_release::SoftwareRelease;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use steward_core::access::Session;
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::formats::sbom::{self, Component};
use steward_core::resource::value::{Note, Text, folded};
use steward_core::resource::{Id, ResourceType};
use steward_core::store::{Outcome, Store, Writer};
use steward_core::view::{Action, Call, Prepare, ReferenceTo, Referred, members_of};
use steward_schema::infrastructure::{installations, software_products, software_releases};
use utoipa::{IntoParams, ToSchema};

choice! {
    /// Format of a bill of materials.
    pub enum SbomFormat {
        /// CycloneDX 1.2 to 1.6 in JSON (ECMA-424).
        CycloneDx = "cyclonedx",
    }
}

/// Parameters of the import.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Format of the document.
    #[param(inline)]
    #[expect(dead_code, reason = "there is one format, and a request must name it")]
    format: SbomFormat,
    /// Device or virtual machine on which the components are installed; none to record only products and releases.
    #[param(inline, value_type = Option<HostReference>)]
    target_id: Option<Id>,
}

/// Hosts of installed software.
#[derive(Debug)]
struct Hosts;

/// Id of a host of installed software.
type HostReference = ReferenceTo<Hosts>;

impl Referred for Hosts {
    const COLLECTIONS: &'static [&'static str] = &HOSTS;
}

/// CycloneDX document in JSON.
#[derive(Debug, ToSchema)]
pub struct CycloneDxBom {
    /// Always CycloneDX.
    #[expect(dead_code, reason = "described here, read by the parser of the format")]
    #[schema(rename = "bomFormat")]
    bom_format: String,
    /// Version of the standard, such as 1.6.
    #[expect(dead_code, reason = "described here, read by the parser of the format")]
    #[schema(rename = "specVersion", required = false)]
    spec_version: String,
    /// Version of the document.
    #[expect(dead_code, reason = "described here, read by the parser of the format")]
    #[schema(required = false)]
    version: u32,
    /// Components, which may contain others.
    #[expect(dead_code, reason = "described here, read by the parser of the format")]
    components: Vec<Map<String, Value>>,
}

/// Number of records of a kind created and found.
#[derive(Debug, Default, Clone, Copy, Serialize, ToSchema)]
pub struct Imported {
    /// Number of records created.
    pub created: u32,
    /// Number of records that already existed.
    pub unchanged: u32,
}

impl Imported {
    fn count(&mut self, is_new: bool) {
        if is_new { self.created += 1 } else { self.unchanged += 1 }
    }
}

/// Result of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct SbomImported {
    /// Number of components in the document, each once.
    pub components: usize,
    /// Numbers of products.
    pub products: Imported,
    /// Numbers of releases.
    pub releases: Imported,
    /// Numbers of installations on the target; none without a target.
    pub installations: Imported,
}

/// What was read of the call.
pub struct Sbom {
    components: Vec<Component>,
    target: Option<Id>,
}

/// `POST infrastructure/software-products/import`.
#[derive(Debug)]
pub struct ImportSbom;

impl Action for ImportSbom {
    const PATH: &'static str = "infrastructure/software-products/import";
    const OPERATION_ID: &'static str = "import_sbom";
    const SUMMARY: &'static str = "Import a bill of materials";
    const DESCRIPTION: &'static str = "Creates the products and releases that a CycloneDX document names as components, nested ones too, and, where a target is named, the installations on it. \
        A product is matched by its package URL without version, else by its name (`group/name`), unless both have package URLs that differ: then it is made under a name of its own, such as `requests (npm)`. Existing records are left unchanged, so that a second import changes nothing. A target that is no device or virtual machine that you may see is refused (422). A component without a version counts as version `unspecified`. \
        A document with errors is refused with a pointer to each and changes nothing.";
    const PERMISSIONS: &'static [&'static str] =
        &["infrastructure.software_products:create", "infrastructure.software_releases:create", "infrastructure.installations:create"];
    const FORMS: &'static [&'static str] = &["application/json", "application/vnd.cyclonedx+json"];
    const LIMIT: usize = 32 << 20;
    const LONG: bool = true;
    type Query = Query;
    type Body = CycloneDxBom;
    type Prepared = Sbom;
    type Answer = SbomImported;

    fn example(_: &str) -> Value {
        json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
            {"type": "library", "group": "org.example", "name": "core", "version": "1.4.2", "purl": "pkg:maven/org.example/core@1.4.2", "licenses": [{"license": {"id": "Apache-2.0"}}]},
        ]})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, sbom: &Sbom) -> Result<Outcome> {
        let definitions = [writer.definition::<SoftwareProduct>()?, writer.definition::<SoftwareRelease>()?];
        writer.lock_many(&definitions, &[])?;
        require_host(writer, sbom.target)?;
        let mut known = Known::load(writer, sbom.target)?;
        let mut outcome = SbomImported {
            components: sbom.components.len(),
            products: Imported::default(),
            releases: Imported::default(),
            installations: Imported::default(),
        };
        for component in &sbom.components {
            let (product, is_new) = known.product(writer, component)?;
            outcome.products.count(is_new);
            let (release, is_new) = known.release(writer, product, component)?;
            outcome.releases.count(is_new);
            if let Some(target) = sbom.target {
                outcome.installations.count(known.install(writer, release, target)?);
            }
        }
        Outcome::of(200, &outcome)
    }
}

impl Prepare for Sbom {
    fn prepare(_: &Store, _: &Session, call: &Call) -> Result<Sbom> {
        let query: Query = call.query()?;
        Ok(Sbom { components: sbom::parse(&call.json()?)?, target: query.target_id })
    }
}

/// Refuses a target that is no host in sight (422).
fn require_host(writer: &mut Writer<'_>, target: Option<Id>) -> Result<()> {
    let Some(target) = target else { return Ok(()) };
    let is_host = |definition: &ResourceType| Hosts::COLLECTIONS.contains(&definition.path);
    if writer.reader().records(&[target])?.iter().any(|record| is_host(record.definition)) {
        return Ok(());
    }
    let detail = "There is no device or virtual machine with that id that you may see. Name one, or leave the target out.";
    Err(Problem::invalid(vec![FieldError::new("/target_id", "reference", detail)]).into())
}

/// What is there already.
struct Known {
    by_purl: HashMap<String, Id>,
    by_name: HashMap<String, (Id, Option<String>)>,
    releases: HashMap<(Id, String), Id>,
    installed: HashMap<Id, ()>,
}

impl Known {
    fn load(writer: &mut Writer<'_>, target: Option<Id>) -> Result<Known> {
        let products: Vec<(Id, String, Option<String>)> =
            software_products::table.select((software_products::id, software_products::name, software_products::purl)).load(writer.connection)?;
        let releases: Vec<(Id, String, Id)> = software_releases::table
            .select((software_releases::software_product_id, software_releases::version, software_releases::id))
            .load(writer.connection)?;
        let of_target = installations::table.filter(installations::host_id.nullable().eq(target)).select(installations::software_release_id);
        let installed: Vec<Id> = of_target.load(writer.connection)?;
        Ok(Known {
            by_purl: products.iter().filter_map(|(id, _, purl)| Some((purl.clone()?, *id))).collect(),
            by_name: products.into_iter().map(|(id, name, purl)| (folded(&name), (id, purl))).collect(),
            releases: releases.into_iter().map(|(product, version, id)| ((product, folded(&version)), id)).collect(),
            installed: installed.into_iter().map(|id| (id, ())).collect(),
        })
    }

    /// The product of a component, made if it is not there.
    fn product(&mut self, writer: &mut Writer<'_>, component: &Component) -> Result<(Id, bool)> {
        let (purl, name) = (component.purl_of_product(), Text::<1, 200>::cut(&component.name).0);
        let (by_name, name) = self.by_name(name, purl.as_deref());
        if let Some(id) = purl.as_ref().and_then(|purl| self.by_purl.get(purl)).copied().or(by_name) {
            return Ok((id, false));
        }
        let definition = writer.definition::<SoftwareProduct>()?;
        let members = members_of(json!({
            "name": name,
            "publisher": component.publisher.as_deref().map(|text| Text::<1, 200>::cut(text).0),
            "kind": kind_of(&component.kind),
            "purl": purl.as_deref().filter(|purl| purl.len() <= 500),
            "cpe": component.cpe.as_deref().filter(|cpe| cpe.len() <= 500),
            "license_expression": component.license_expression.as_deref().filter(|text| text.len() <= 200),
            "description": component.description.as_deref().map(|text| Note::cut(text).0),
        }));
        let id = writer.create(definition, members)?.meta.id;
        self.by_name.insert(folded(&name), (id, purl.clone()));
        if let Some(purl) = purl {
            self.by_purl.insert(purl, id);
        }
        Ok((id, true))
    }

    /// The product of a name, where not both have a package URL of their own; else a name that is still free.
    fn by_name(&self, name: String, purl: Option<&str>) -> (Option<Id>, String) {
        let ecosystem = purl.and_then(|purl| purl.strip_prefix("pkg:")?.split('/').next());
        let names = [Some(name.clone()), ecosystem.map(|ecosystem| format!("{name} ({ecosystem})")), purl.map(|purl| format!("{name} ({purl})"))];
        for name in names.into_iter().flatten().map(|name| Text::<1, 200>::cut(&name).0) {
            match self.by_name.get(&folded(&name)) {
                None => return (None, name),
                Some((id, known)) if known.is_none() || purl.is_none() || known.as_deref() == purl => return (Some(*id), name),
                Some(_) => {}
            }
        }
        (self.by_name.get(&folded(&name)).map(|(id, _)| *id), name)
    }

    /// The release of a component, made if it is not there.
    fn release(&mut self, writer: &mut Writer<'_>, product: Id, component: &Component) -> Result<(Id, bool)> {
        let version = Text::<1, 100>::cut(if component.version.is_empty() { "unspecified" } else { &component.version }).0;
        let key = (product, folded(&version));
        if let Some(id) = self.releases.get(&key) {
            return Ok((*id, false));
        }
        let definition = writer.definition::<SoftwareRelease>()?;
        let purl = component.purl.as_deref().filter(|purl| purl.len() <= 500);
        let id = writer.create(definition, members_of(json!({"software_product_id": product.to_string(), "version": version, "purl": purl})))?.meta.id;
        self.releases.insert(key, id);
        Ok((id, true))
    }

    /// Records that a release is on the target; false if that is known.
    fn install(&mut self, writer: &mut Writer<'_>, release: Id, target: Id) -> Result<bool> {
        if self.installed.insert(release, ()).is_some() {
            return Ok(false);
        }
        let definition = writer.definition::<Installation>()?;
        let members = json!({"software_release_id": release.to_string(), "host_id": target.to_string(), "source": "sbom"});
        writer.create(definition, members_of(members))?;
        Ok(true)
    }
}

/// What the standard calls a component, in the words of products.
fn kind_of(kind: &str) -> SoftwareKind {
    match kind {
        "application" => SoftwareKind::Application,
        "framework" => SoftwareKind::Framework,
        "library" => SoftwareKind::Library,
        "container" => SoftwareKind::Container,
        "operating-system" => SoftwareKind::OperatingSystem,
        "firmware" => SoftwareKind::Firmware,
        "platform" => SoftwareKind::Middleware,
        _ => SoftwareKind::Other,
    }
}
