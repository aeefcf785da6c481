//! IT infrastructure management: places, devices, services, and what depends on what.

mod dependency;
mod device;
mod device_type;
mod impact;
mod it_service;
mod location;
mod loss;
mod manufacturer;
mod rack;
mod site;

use crate::http::Domain;

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new(
        "infrastructure",
        "Networks, servers, storage and applications that are reliable, scalable and able to meet changing needs: where they are, what they are, and what depends on them.",
    )
    .resource::<site::Site>()
    .resource::<location::Location>()
    .resource::<rack::Rack>()
    .resource::<manufacturer::Manufacturer>()
    .resource::<device_type::DeviceType>()
    .resource::<device::Device>()
    .resource::<it_service::Service>()
    .resource::<dependency::Dependency>()
    .view(&impact::IMPACT)
}
