module "network" {
  source = "../modules/network"

  name               = local.name
  cidr               = var.network.cidr
  zone_letters       = var.network.zone_letters
  nat_per_zone       = var.network.nat_per_zone
  kms_key_arn        = module.encryption.key_arn
  log_retention_days = var.log_retention_days
}

module "security_groups" {
  source = "../modules/security_groups"

  name           = local.name
  vpc_id         = module.network.vpc_id
  allowed_cidrs  = var.allowed_cidrs
  dashboard_port = local.dashboard_port
}

module "interface_endpoints" {
  source = "../modules/interface_endpoints"

  name              = local.name
  vpc_id            = module.network.vpc_id
  subnet_ids        = module.network.private_subnet_ids
  security_group_id = module.security_groups.ids["endpoints"]
  services          = var.network.interface_endpoints
}

module "load_balancer" {
  source = "../modules/load_balancer"

  name                 = local.name
  vpc_id               = module.network.vpc_id
  subnet_ids           = module.network.public_subnet_ids
  security_group_id    = module.security_groups.ids["load_balancer"]
  certificate_arn      = var.certificate_arn
  target_port          = local.dashboard_port
  idle_timeout_seconds = 300
  stickiness_seconds   = 12 * 3600 # as long as a sign-in lasts
  drain_seconds        = 120
  access_log           = local.balancer_access_log
  deletion_protection  = var.deletion_protection
}

resource "aws_route53_record" "dashboard" {
  count = var.hosted_zone_id == null ? 0 : 1

  zone_id = var.hosted_zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = module.load_balancer.dns_name
    zone_id                = module.load_balancer.zone_id
    evaluate_target_health = false
  }
}
