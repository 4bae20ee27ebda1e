mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "people_come_by_tls_only" {
  command = plan

  assert {
    condition = (
      module.load_balancer.planned.https.port == 443
      && module.load_balancer.planned.https.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
      && module.load_balancer.planned.https.certificate_arn == var.certificate_arn
    )
    error_message = "TLS 1.2 and 1.3, with the domain's certificate."
  }

  assert {
    condition = (
      module.load_balancer.planned.http.port == 80
      && module.load_balancer.planned.http.default_action[0].type == "redirect"
      && module.load_balancer.planned.http.default_action[0].redirect[0].protocol == "HTTPS"
    )
    error_message = "Plain HTTP is sent on to HTTPS."
  }

  assert {
    condition     = module.load_balancer.planned.balancer.drop_invalid_header_fields && module.load_balancer.planned.balancer.enable_deletion_protection
    error_message = "Malformed headers are dropped, and the load balancer is not deleted by mistake."
  }

  assert {
    condition     = module.load_balancer.planned.balancer.desync_mitigation_mode == "strictest" && module.load_balancer.planned.balancer.xff_header_processing_mode == "append"
    error_message = "Ambiguous requests are dropped, and the client's address is added to what came."
  }

  assert {
    condition     = module.security_groups.planned.from_balancer.referenced_security_group_id == "sg-load-balancer" && module.security_groups.planned.from_balancer.from_port == 8501
    error_message = "Only the load balancer reaches the dashboard's tasks."
  }
}

run "the_dashboard_answers_to_the_domain_behind_one_proxy_and_to_who_is_invited" {
  command = plan

  assert {
    condition = {
      for variable in module.dashboard_task.planned.containers[0].environment : variable.name => variable.value
      if contains(["ALLOWED_HOSTS", "PROXY_HOPS", "REGISTRATION"], variable.name)
    } == { ALLOWED_HOSTS = "contacts.example.com", PROXY_HOPS = "1", REGISTRATION = "invite" }
    error_message = "Other names are refused, the load balancer is the one proxy, and nobody makes an account uninvited."
  }
}

run "pages_keep_their_task_and_their_socket" {
  command = plan

  assert {
    condition     = module.load_balancer.planned.targets.health_check[0].path == "/livez" && module.load_balancer.planned.targets.health_check[0].matcher == "200"
    error_message = "A task is asked whether it is alive, at /livez."
  }

  assert {
    condition     = module.load_balancer.planned.targets.stickiness[0].type == "lb_cookie" && module.load_balancer.planned.targets.stickiness[0].cookie_duration == 43200
    error_message = "A browser stays with its task for as long as a sign-in lasts."
  }

  assert {
    condition     = module.load_balancer.planned.balancer.idle_timeout == 300
    error_message = "A WebSocket may be silent for five minutes."
  }
}

run "figures_are_not_shown_outside" {
  command = plan

  assert {
    condition = (
      one(one(module.load_balancer.planned.figures.condition).path_pattern).values
      == toset(["/metrics", "/metrics/*", "/_stcore/metrics", "/_stcore/metrics/*"])
    )
    error_message = "Both pages of figures are meant."
  }

  assert {
    condition     = module.load_balancer.planned.figures.action[0].fixed_response[0].status_code == "404"
    error_message = "The load balancer itself answers that there is no such page."
  }
}

run "who_may_come_can_be_narrowed" {
  command = plan

  variables {
    allowed_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition     = module.security_groups.planned.from_anywhere == ["203.0.113.0/24"]
    error_message = "Only the addresses that were named get in."
  }
}

run "the_domain_points_here_where_its_zone_is_known" {
  command = plan

  variables {
    hosted_zone_id = "Z0123456789"
  }

  assert {
    condition     = aws_route53_record.dashboard[0].name == "contacts.example.com" && aws_route53_record.dashboard[0].alias[0].name == module.load_balancer.dns_name
    error_message = "The domain is an alias of the load balancer."
  }
}
