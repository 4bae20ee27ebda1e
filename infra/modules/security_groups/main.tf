# Who may talk to whom. Groups name each other, never addresses, but for people outside and AWS's own services.
#
#   people -> load_balancer -> dashboard -> database
#                                worker -> database       dashboard, worker -> AWS by HTTPS

locals {
  groups = {
    load_balancer = "The load balancer"
    dashboard     = "Tasks of the dashboard"
    worker        = "What works in the background: worker tasks, functions, migrations"
    database      = "Postgres"
    endpoints     = "Interface endpoints of AWS services"
  }
  clients = toset(["dashboard", "worker"])
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:Other modules attach these groups, which a look at one module does not see
  for_each = local.groups

  name        = "${var.name}-${replace(each.key, "_", "-")}"
  description = each.value
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-${replace(each.key, "_", "-")}" }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each = toset(var.allowed_cidrs)

  security_group_id = aws_security_group.this["load_balancer"].id
  description       = "People"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.value
}

resource "aws_vpc_security_group_ingress_rule" "http" {
  #checkov:skip=CKV_AWS_260:Port 80 answers with a redirection to HTTPS and nothing else
  for_each = toset(var.allowed_cidrs)

  security_group_id = aws_security_group.this["load_balancer"].id
  description       = "People, who are sent on to HTTPS"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = each.value
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_dashboard" {
  security_group_id            = aws_security_group.this["load_balancer"].id
  description                  = "The dashboard"
  ip_protocol                  = "tcp"
  from_port                    = var.dashboard_port
  to_port                      = var.dashboard_port
  referenced_security_group_id = aws_security_group.this["dashboard"].id
}

resource "aws_vpc_security_group_ingress_rule" "dashboard_from_load_balancer" {
  security_group_id            = aws_security_group.this["dashboard"].id
  description                  = "The load balancer"
  ip_protocol                  = "tcp"
  from_port                    = var.dashboard_port
  to_port                      = var.dashboard_port
  referenced_security_group_id = aws_security_group.this["load_balancer"].id
}

resource "aws_vpc_security_group_egress_rule" "aws" {
  for_each = local.clients

  security_group_id = aws_security_group.this[each.key].id
  description       = "S3, SQS, Secrets Manager, the registry and the logs"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "to_database" {
  for_each = local.clients

  security_group_id            = aws_security_group.this[each.key].id
  description                  = "The database"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.this["database"].id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each = local.clients

  security_group_id            = aws_security_group.this["database"].id
  description                  = local.groups[each.key]
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.this[each.key].id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = local.clients

  security_group_id            = aws_security_group.this["endpoints"].id
  description                  = local.groups[each.key]
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.this[each.key].id
}
