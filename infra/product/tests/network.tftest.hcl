mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "two_zones_each_with_a_way_out" {
  command = plan

  assert {
    condition     = [for subnet in module.network.planned.private_subnets : subnet.availability_zone] == ["us-east-1a", "us-east-1b"]
    error_message = "Private subnets are in two zones."
  }

  assert {
    condition     = [for subnet in module.network.planned.public_subnets : subnet.availability_zone] == ["us-east-1a", "us-east-1b"]
    error_message = "Public subnets are in the same zones."
  }

  assert {
    condition     = length(distinct([for subnet in concat(module.network.planned.private_subnets, module.network.planned.public_subnets) : subnet.cidr_block])) == 4
    error_message = "No two subnets share addresses."
  }

  assert {
    condition     = length(module.network.planned.nat_gateways) == 2
    error_message = "Each zone has a NAT gateway."
  }

  assert {
    condition     = module.network.planned.s3_endpoint.vpc_endpoint_type == "Gateway" && module.network.planned.s3_endpoint.service_name == "com.amazonaws.us-east-1.s3"
    error_message = "Files go past the NAT gateways."
  }

  assert {
    condition     = module.network.planned.flow_log.traffic_type == "ALL"
    error_message = "All traffic is in the flow logs."
  }

  assert {
    condition     = length(module.interface_endpoints.planned.endpoints) == 0
    error_message = "Interface endpoints are an option."
  }
}

run "one_way_out_is_cheaper" {
  command = plan

  variables {
    network = { nat_per_zone = false, interface_endpoints = ["sqs", "logs"] }
  }

  assert {
    condition     = length(module.network.planned.nat_gateways) == 1
    error_message = "Both zones share one NAT gateway."
  }

  assert {
    condition = (
      toset([for endpoint in values(module.interface_endpoints.planned.endpoints) : endpoint.service_name]) == toset(["com.amazonaws.us-east-1.logs", "com.amazonaws.us-east-1.sqs"])
      && alltrue([for endpoint in values(module.interface_endpoints.planned.endpoints) : endpoint.private_dns_enabled && endpoint.security_group_ids == toset(["sg-endpoints"])])
    )
    error_message = "The services that were named are reached within the network."
  }
}

run "the_key_turns" {
  command = plan

  assert {
    condition     = module.encryption.planned.key.enable_key_rotation && module.encryption.planned.key.deletion_window_in_days == 30
    error_message = "The key is rotated, and its deletion can be taken back."
  }
}
